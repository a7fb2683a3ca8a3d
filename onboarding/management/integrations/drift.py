"""`integration drift` and `integration repair`: what is no longer as it was left, and putting it back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from onboarding.integrations import drift, repair
from onboarding.management.integrations.runs import follow, integration_called, run_as_json, run_lines
from onboarding.problem_texts import lines_of
from onboarding.spec.problem import SpecRefused
from onboarding.spec.remediation import KEY_NOT_ACCEPTABLE
from portal.messages.catalogue import described, explanation_of, text_of
from portal.tenancy.command import tenant_called

MESSAGES = ("what", "expected", "found")
SHOWN = ("step", "found_at", "accepted_at", "accepted_by")


class DriftSubcommands(BaseCommand):
    """The verbs of the integration command that check for drift and repair it."""

    drift_subcommands = {
        "drift": "Compare what there is with what was asked for; exit with 1 when something differs.",
        "repair": "Apply the spec as it was, so that what differs is mended.",
    }
    has_drifted = False

    def add_drift(self, parser: ArgumentParser) -> None:
        """Take the integration, and whether what is found is accepted."""
        parser.add_argument("name", help="The integration's name or uid.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")
        parser.add_argument("--accept", action="store_true", help="Accept everything that is found as it is.")

    def add_repair(self, parser: ArgumentParser) -> None:
        """Take the integration, and whether to wait."""
        parser.add_argument("name", help="The integration's name or uid.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")
        parser.add_argument("--accept-loss", action="store_true", help="Shorten the retention period again.")
        parser.add_argument("--yes", action="store_true", help="Delete what somebody added to the IAM user, as listed.")
        parser.add_argument("--wait", action="store_true", help="Stay until it is done; exit with 1 when it fails.")
        parser.add_argument("--timeout", type=int, default=900, help="Seconds to wait at most (900).")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the verb, print its answer, and fail where there is drift that nobody accepted."""
        super().handle(*args, **options)
        if self.has_drifted:
            raise CommandError("Configuration drift detected. `integration repair` repairs it; `--accept` accepts it.")

    def do_drift(self, options: dict[str, Any]) -> dict[str, Any]:
        """Look now."""
        integration = integration_called(options["name"], tenant_called(options["tenant"]))
        if integration.spec is None:
            raise CommandError("This is a draft: nothing has been made that could differ.")
        found = drift.check(integration)
        if integration.drift_problem:
            raise CommandError(explanation_of(integration.drift_problem))
        if options["accept"]:
            for finding in found:
                if finding.can_be_accepted:
                    drift.accept(finding=finding, actor="command line")
        self.has_drifted = any(finding.accepted_at is None for finding in found)
        return {
            "integration": integration.name,
            "uid": integration.uid,
            "checked_at": integration.drift_checked_at,
            "findings": [
                {
                    **{name: described(getattr(finding, name)) for name in MESSAGES},
                    **{name: getattr(finding, name) for name in SHOWN},
                    "can_be_accepted": finding.can_be_accepted,
                    "repairs": [described(remediation.message) for remediation in finding.repairs],
                }
                for finding in found
            ],
        }

    def say_drift(self, answer: dict[str, Any]) -> str:
        """Print three lines a difference."""
        lines = [f"{answer['integration']} ({answer['uid']}): {len(answer['findings'])} differences"]
        for finding in answer["findings"]:
            accepted = f" (accepted by {finding['accepted_by']})" if finding["accepted_by"] else ""
            lines += [f"  {finding['what']['text']}{accepted}", f"    expected {finding['expected']['text']}"]
            lines += [f"    found    {finding['found']['text']}"]
            lines += [f"    repair   {message['text']}" for message in finding["repairs"]]
            lines += [] if finding["can_be_accepted"] else [f"    {text_of(KEY_NOT_ACCEPTABLE)}"]
        return "\n".join(lines)

    def do_repair(self, options: dict[str, Any]) -> dict[str, Any]:
        """Look, start the run, and follow it when asked to; what it deletes of the IAM user wants a yes."""
        integration = integration_called(options["name"], tenant_called(options["tenant"]))
        drift.check(integration)
        remediations = drift.remediations_of(integration)
        if any(remediation.is_delete for remediation in remediations) and not options["yes"]:
            listed = "\n".join(f"  {text_of(remediation.message)}" for remediation in remediations)
            raise CommandError(f"This would be done to the IAM user:\n{listed}\nAdd --yes to have it done.")
        try:
            run = repair.repair(
                integration=integration,
                actor="command line",
                accept_loss=bool(options["accept_loss"]),
                remediations=remediations,
            )
        except SpecRefused as refused:
            raise CommandError("\n".join(lines_of(refused))) from refused
        if options["wait"]:
            follow(run, options["timeout"], None if options["as_json"] else self.stderr)
        return run_as_json(run)

    def say_repair(self, answer: dict[str, Any]) -> str:
        """Print the run's steps."""
        return "\n".join(run_lines(answer))
