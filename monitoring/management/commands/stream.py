"""manage.py stream: why no data arrives, shards of keys, fields, and who was sent records. It needs no worker."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext_lazy

from monitoring.diagnosis import requests
from monitoring.diagnosis.report import Report
from monitoring.diagnosis.text import evidence_text, report_text, title_of
from monitoring.management import shard_of
from monitoring.management.record_reads import ReadsSubcommands
from monitoring.management.stream_fields import FieldsSubcommands
from onboarding.management.integrations.named import add_integration, named_integration
from onboarding.models.integration import Integration
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.catalogue import described, text_of
from portal.messages.message import Message


class Command(FieldsSubcommands, ReadsSubcommands, CommandWithSubcommands):
    """Answer questions about a stream in this process."""

    description = gettext_lazy(
        "Find out why no data arrives, which shard a partition key belongs to, the fields of records, or who read them."
    )
    subcommands = {
        "diagnose": gettext_lazy(
            "Run every check of a stream and print the first cause. The exit status is 1 if there is a problem."
        ),
        "shard-of": gettext_lazy("Print the hash key and the open shard of partition keys."),
        **FieldsSubcommands.fields_subcommands,
        **ReadsSubcommands.reads_subcommands,
    }

    def add_diagnose(self, parser: ArgumentParser) -> None:
        """Add the argument that names the stream's integration."""
        add_integration(parser)

    def do_diagnose(self, options: dict[str, Any]) -> dict[str, Any]:
        """Diagnose now, keep the results, and fail if a check found a problem."""
        integration = named_integration(options)
        report = requests.diagnose_here(integration, actor="command line")
        answer = _as_json(report, integration)
        if report.has_problem:
            raise failed(Message("diagnosis.problem_found"), answer=answer)
        return answer

    def say_diagnose(self, answer: dict[str, Any]) -> str:
        """Print the text for a support ticket."""
        return str(answer["text"])

    def add_shard_of(self, parser: ArgumentParser) -> None:
        """Add the arguments of `stream shard-of`."""
        shard_of.add_arguments(parser)

    def do_shard_of(self, options: dict[str, Any]) -> dict[str, Any]:
        """Compute the shard of each key from the shards as AWS listed them last."""
        return shard_of.answer(options)

    def say_shard_of(self, answer: dict[str, Any]) -> str:
        """Print one line for each key."""
        return shard_of.text(answer)


def _as_json(report: Report, integration: Integration) -> dict[str, Any]:
    first = report.first
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "began_at": report.began_at,
        "finished_at": report.finished_at,
        "summary": text_of(report.summary),
        "first_cause": first.check if first and report.has_problem else None,
        "checks": [
            {
                "check": finding.check,
                "title": title_of(finding),
                "result": str(finding.result),
                "cause": described(finding.cause),
                "turn": str(finding.turn) if finding.turn else None,
                "fix": str(finding.fix) if finding.fix else None,
                "command": finding.command,
                "evidence": [
                    {
                        "text": evidence_text(evidence),
                        "is_aws_text": evidence.is_aws_text,
                        "at": evidence.at.isoformat() if evidence.at else None,
                    }
                    for evidence in finding.evidence
                ],
            }
            for finding in report.findings
        ],
        "text": report_text(report, integration),
    }
