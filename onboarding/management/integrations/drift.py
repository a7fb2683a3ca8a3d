"""`integration drift` and `integration repair`: what differs from the spec in AWS, and its repair."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from onboarding.integrations import drift, repair
from onboarding.management.integrations.named import add_integration, named_integration
from onboarding.management.integrations.runs import run_as_json, run_lines
from onboarding.management.integrations.waiting import add_waiting, wait_if_asked
from onboarding.management.spec_problems import problems_failed
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.spec.problem import SpecRefused
from portal.command_line import failed
from portal.messages.catalogue import described
from portal.messages.message import Message

MESSAGES = ("what", "expected", "found")
SHOWN = ("step", "found_at", "accepted_at", "accepted_by")


class DriftSubcommands(BaseCommand):
    """The subcommands of `integration` that check for drift and repair it."""

    drift_subcommands = {
        "drift": gettext_lazy("Check for configuration drift: compare the resources in AWS with the spec."),
        "repair": gettext_lazy("Check for configuration drift, and apply the spec again to repair it."),
    }

    def add_drift(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, and whether differences are accepted."""
        add_integration(parser)
        parser.add_argument("--accept", action="store_true", help=_("Accept every difference that can be accepted."))

    def do_drift(self, options: dict[str, Any]) -> dict[str, Any]:
        """Check now; fail if there is a difference that no one accepted, or if AWS cannot be reached."""
        integration = named_integration(options)
        if integration.spec is None:
            raise failed(Message("command.is_draft", integration=integration.name))
        findings = drift.check(integration)
        if integration.drift_problem:
            raise failed(integration.drift_problem)
        for finding in findings:
            if options["accept"] and finding.can_be_accepted:
                drift.accept(finding=finding, actor="command line")
        answer = _found(integration, findings)
        if any(finding.accepted_at is None for finding in findings):
            raise failed(Message("command.drift_detected"), answer=answer)
        return answer

    def say_drift(self, answer: dict[str, Any]) -> str:
        """Print three lines for each difference, and its repairs."""
        count = len(answer["findings"])
        number = ngettext("%(count)s difference", "%(count)s differences", count) % {"count": count}
        lines = [f"{answer['integration']} ({answer['uid']}): {number}"]
        for finding in answer["findings"]:
            accepted = _(" (accepted by %(accepted_by)s)") % finding if finding["accepted_by"] else ""
            lines += [f"  {finding['what']['text']}{accepted}"]
            lines += [_("    expected %(value)s") % {"value": finding["expected"]["text"]}]
            lines += [_("    found    %(value)s") % {"value": finding["found"]["text"]}]
            lines += [_("    repair   %(value)s") % {"value": message["text"]} for message in finding["repairs"]]
            if why := finding["why_not_acceptable"]:
                lines += [f"    {why['text']}"]
        return "\n".join(lines)

    def add_repair(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, what is confirmed, and whether to wait."""
        add_integration(parser)
        parser.add_argument("--accept-loss", action="store_true", help=_("Shorten the retention period again."))
        parser.add_argument(
            "--yes",
            action="store_true",
            help=_("Confirm deleting the keys and policies that someone added to the IAM user or role."),
        )
        add_waiting(parser)

    def do_repair(self, options: dict[str, Any]) -> dict[str, Any]:
        """Check and start the run; without --yes, return what it would delete of the IAM user and fail."""
        integration = named_integration(options)
        drift.check(integration)
        remediations = drift.remediations_of(integration)
        if any(remediation.is_delete for remediation in remediations) and not options["yes"]:
            planned = [described(remediation.message) for remediation in remediations]
            answer = {"integration": integration.name, "uid": integration.uid, "would_repair": planned}
            raise failed(Message("command.not_confirmed"), answer=answer)
        try:
            run = repair.repair(
                integration=integration,
                actor="command line",
                accept_loss=bool(options["accept_loss"]),
                remediations=remediations,
            )
        except SpecRefused as refused:
            raise problems_failed(refused) from refused
        wait_if_asked(run, options, self.stderr)
        return run_as_json(run)

    def say_repair(self, answer: dict[str, Any]) -> str:
        """Print the run's steps."""
        if "would_repair" in answer:
            planned = [f"  {message['text']}" for message in answer["would_repair"]]
            return "\n".join([_("The repair of %(integration)s changes the IAM user or role:") % answer, *planned])
        return "\n".join(run_lines(answer))


def _found(integration: Integration, findings: list[DriftFinding]) -> dict[str, Any]:
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "checked_at": integration.drift_checked_at,
        "findings": [
            {
                **{name: described(getattr(finding, name)) for name in MESSAGES},
                **{name: getattr(finding, name) for name in SHOWN},
                "can_be_accepted": finding.can_be_accepted,
                "why_not_acceptable": described(finding.why_not_acceptable),
                "repairs": [described(remediation.message) for remediation in finding.repairs],
            }
            for finding in findings
        ],
    }
