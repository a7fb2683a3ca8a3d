"""`integration destroy`: first prints what would be deleted and kept, and removes it only with --yes."""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.integrations import abandon, inventory, removal
from onboarding.integrations.inventory import Line
from onboarding.management.integrations.named import add_integration, named_integration
from onboarding.management.integrations.runs import run_as_json, run_lines
from onboarding.management.integrations.waiting import add_waiting, wait_if_asked
from onboarding.models.integration import Integration
from portal.command_line import failed
from portal.messages.catalogue import described
from portal.messages.message import Message


class RemovalSubcommands(BaseCommand):
    """The subcommand of `integration` that removes what was created."""

    removal_subcommands = {
        "destroy": gettext_lazy("Remove an integration's resources from the AWS account. Data is kept by default."),
    }

    def add_destroy(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, and what is removed."""
        add_integration(parser)
        parser.add_argument("--delete-data", action="store_true", help=_("Delete the data stream with its records."))
        parser.add_argument(
            "--abandon",
            action="store_true",
            help=_("Abandon the integration after a removal without access: nothing is changed in AWS."),
        )
        parser.add_argument(
            "--yes", action="store_true", help=_("Confirm the removal. Without it, only print what would be done.")
        )
        add_waiting(parser)

    def do_destroy(self, options: dict[str, Any]) -> dict[str, Any]:
        """Start the removal or abandon the integration; without --yes, return what would be done and fail."""
        integration = named_integration(options)
        if not options["yes"]:
            raise failed(Message("command.not_confirmed"), answer=_preview(integration, options))
        if options["abandon"]:
            return _abandoned(integration)
        run = removal.start_removal(
            integration=integration, actor="command line", delete_data=bool(options["delete_data"])
        )
        wait_if_asked(run, options, self.stderr)
        return {**run_as_json(run), "kept": _as_json(inventory.lines(integration) if options["wait"] else [])}

    def say_destroy(self, answer: dict[str, Any]) -> str:
        """Print a line for each step, and what was kept with the command that removes it."""
        if "would_remove" in answer or "would_keep" in answer:
            return "\n".join(_preview_lines(answer))
        lines = run_lines(answer)
        for row in answer["kept"]:
            why = row["kept"]["text"] if row["kept"] else ""
            lines.append(_("kept: %(kind)s %(name)s — %(kept)s") % {**row, "kept": why})
            lines += [f"  {row['command']}"] if row["command"] else []
        return "\n".join(lines)


def _preview(integration: Integration, options: dict[str, Any]) -> dict[str, Any]:
    known = {"integration": integration.name, "uid": integration.uid}
    if options["abandon"]:
        return {**known, "would_keep": _as_json(reversed(inventory.lines(integration)))}
    lines = inventory.lines(integration, delete_data=options["delete_data"])
    rows = [{**line.as_dict(), "fate": described(line.fate)} for line in lines]
    return {**known, "would_remove": rows, "not_touched": [described(kept) for kept in inventory.adopted(integration)]}


def _preview_lines(answer: dict[str, Any]) -> list[str]:
    nothing = [_("  nothing")]
    if "would_keep" in answer:
        rows = [f"  {row['kind']:<16} {row['name']}\n    {row['command']}" for row in answer["would_keep"]]
        return [
            _("Nothing is changed in AWS. These resources of %(integration)s would be kept:") % answer,
            *(rows or nothing),
        ]
    rows = [f"  {row['kind']:<16} {row['name']} — {row['fate']['text']}" for row in answer["would_remove"]]
    untouched = [f"  {kept['text']}" for kept in answer["not_touched"]]
    return [_("This removes from %(integration)s:") % answer, *(rows or nothing), *untouched]


def _abandoned(integration: Integration) -> dict[str, Any]:
    abandon.abandon(integration=integration, actor="command line")
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "state": "abandoned",
        "kept": _as_json(reversed(inventory.lines(integration))),
    }


def _as_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [{**line.as_dict(), "command": line.command} for line in lines]
