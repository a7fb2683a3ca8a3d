"""`integration destroy`: says first what would go and what would stay, and does it only with --yes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from onboarding.integrations import abandon, inventory, removal
from onboarding.management.integrations.runs import follow, integration_called, run_as_json, run_lines
from onboarding.models.integration import Integration
from portal.tenancy.command import tenant_called


class RemovalSubcommands(BaseCommand):
    """The verbs of the integration command that take down what was made."""

    removal_subcommands = {
        "destroy": "Remove what an integration made in the AWS account; keep its data unless told otherwise.",
    }

    def add_destroy(self, parser: ArgumentParser) -> None:
        """Take the integration, and how far the removal goes."""
        parser.add_argument("name", help="The integration's name or uid.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")
        parser.add_argument("--delete-data", action="store_true", help="Delete the data stream with its records.")
        parser.add_argument(
            "--abandon",
            action="store_true",
            help="After a removal that AWS let do nothing: touch nothing, forget it, say what is left.",
        )
        parser.add_argument("--yes", action="store_true", help="Do it; without this, only say what would be done.")
        parser.add_argument("--wait", action="store_true", help="Stay until it is done; exit with 1 when it fails.")
        parser.add_argument("--timeout", type=int, default=900, help="Seconds to wait at most (900).")

    def do_destroy(self, options: dict[str, Any]) -> dict[str, Any]:
        """Start the removal, or say what it would do and exit with 1."""
        integration = integration_called(options["name"], tenant_called(options["tenant"]))
        if options["abandon"]:
            return _abandoned(integration, sure=options["yes"])
        if not options["yes"]:
            lines = inventory.lines(integration, delete_data=options["delete_data"])
            said = [f"  {line.kind:<16} {line.name} — {line.fate}" for line in lines] or ["  nothing"]
            said += [f"  {words}" for words in inventory.adopted(integration)]
            raise CommandError(
                "\n".join([f"This removes from {integration.name}:", *said, "Nothing was done. Add --yes to do it."])
            )
        run = removal.start_removal(
            integration=integration, actor="command line", delete_data=bool(options["delete_data"])
        )
        if options["wait"]:
            follow(run, options["timeout"], None if options["as_json"] else self.stderr)
        left = inventory.lines(integration) if options["wait"] else []
        return {**run_as_json(run), "kept": [{**line.as_dict(), "command": line.command} for line in left]}

    def say_destroy(self, answer: dict[str, Any]) -> str:
        """Print a line a step, and what was kept with the command that removes it."""
        lines = run_lines(answer)
        for row in answer["kept"]:
            lines.append(f"kept: {row['kind']} {row['name']} — {row['kept']}")
            lines += [f"  {row['command']}"] if row["command"] else []
        return "\n".join(lines)


def _abandoned(integration: Integration, *, sure: bool) -> dict[str, Any]:
    """Forget the integration, or say what would be left and exit with 1."""
    if not sure:
        rows = [f"  {line.kind:<16} {line.name}\n    {line.command}" for line in reversed(inventory.lines(integration))]
        said = [f"Nothing is done in AWS. This of {integration.name} would be left there:", *(rows or ["  nothing"])]
        raise CommandError("\n".join([*said, "Nothing was done. Add --yes to do it."]))
    abandon.abandon(integration=integration, actor="command line")
    left = reversed(inventory.lines(integration))
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "state": "abandoned",
        "kept": [{**line.as_dict(), "command": line.command} for line in left],
    }
