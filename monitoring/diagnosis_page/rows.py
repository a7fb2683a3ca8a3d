"""What the page shows of each check: its result, cause, evidence, fix and whose turn it is."""

from dataclasses import dataclass

from django.urls import reverse

from monitoring.diagnosis.finding import Evidence, Finding, Fix
from monitoring.diagnosis.text import evidence_text, title_of
from monitoring.watched_streams import WatchedStream
from portal.messages.catalogue import text_of, todo_of


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A piece of evidence: text, whether it is AWS's own, and when it was seen."""

    text: str
    is_aws_text: bool
    at: object


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A check with what it found, as text."""

    title: str
    look: str
    label: str
    cause: str
    todo: str
    turn: str
    command: str
    fix_url: str
    fix_label: str
    evidence: list[EvidenceRow]


def row_of(finding: Finding, stream: WatchedStream) -> FindingRow:
    """Return what the page shows of a finding."""
    return FindingRow(
        title=title_of(finding),
        look=finding.result.look,
        label=str(finding.result.label),
        cause=text_of(finding.cause),
        todo=todo_of(finding.cause) if finding.turn else "",
        turn=str(finding.turn.label) if finding.turn else "",
        command=finding.command,
        fix_url=_url(finding.fix, stream) if finding.fix else "",
        fix_label=str(finding.fix.label) if finding.fix else "",
        evidence=[_evidence(evidence) for evidence in finding.evidence],
    )


def _evidence(evidence: Evidence) -> EvidenceRow:
    return EvidenceRow(evidence_text(evidence), evidence.is_aws_text, evidence.at)


def _url(fix: Fix, stream: WatchedStream) -> str:
    slug = stream.tenant_slug
    connection = reverse("connection", kwargs={"slug": slug, "uid": stream.connection_uid})
    integration = reverse("integration", kwargs={"slug": slug, "uid": stream.uid})
    return {
        Fix.CONNECTION: connection,
        Fix.PERMISSIONS: f"{connection}#permission-report",
        Fix.DRIFT: f"{integration}#drift",
        Fix.CAPACITY: integration,
        Fix.ACCESS_KEY: reverse("credentials", kwargs={"slug": slug, "uid": stream.uid}),
        Fix.EXPECTED_HOURS: reverse("expected_hours", kwargs={"slug": slug, "uid": stream.uid}),
    }[fix]
