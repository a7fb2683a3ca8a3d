"""A diagnosis as plain text, for a support ticket: what the page shows, and nothing of another tenant."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from monitoring.diagnosis.finding import Evidence, Finding
from monitoring.diagnosis.order import TITLES
from monitoring.diagnosis.report import Report
from onboarding.models.integration import Integration
from portal.messages.catalogue import text_of, todo_of


def report_text(report: Report, integration: Integration) -> str:
    """Return all of a diagnosis, with times in UTC. `integration` has its tenant and connection."""
    return "\n".join([*_head(report, integration), "", *_body(report)])


def title_of(finding: Finding) -> str:
    """Return the title of a finding's check."""
    return text_of(TITLES.get(finding.check)) or finding.check


def evidence_text(evidence: Evidence) -> str:
    """Return evidence as a sentence; AWS's own text as it is."""
    return evidence.text if isinstance(evidence.text, str) else text_of(evidence.text)


def _head(report: Report, integration: Integration) -> Iterator[str]:
    account = integration.connection.account_id if integration.connection else ""
    place = {"stream": integration.stream_name, "region": integration.region, "account": account}
    yield _("Diagnosis of data stream %(stream)s in %(region)s, AWS account %(account)s") % place
    yield _("Organisation: %(tenant)s (%(slug)s)") % {
        "tenant": integration.tenant.name,
        "slug": integration.tenant.slug,
    }
    by = {"at": _utc(report.finished_at), "by": report.requested_by}
    yield _("Finished %(at)s, requested by %(by)s") % by
    yield text_of(report.summary)
    if report.first is not None:
        yield from _next_step(report.first)


def _next_step(finding: Finding) -> Iterator[str]:
    if todo := todo_of(finding.cause):
        yield _("What to do: %(todo)s") % {"todo": todo}
    if finding.command:
        yield finding.command
    if finding.turn:
        yield _("Whose turn: %(turn)s") % {"turn": finding.turn.label}


def _body(report: Report) -> Iterator[str]:
    for number, finding in enumerate(report.findings, start=1):
        yield f"{number}. {title_of(finding)}: {finding.result.label}"
        yield f"   {text_of(finding.cause)}"
        yield from (f"   {line}" for line in _next_step(finding) if finding.turn)
        for evidence in finding.evidence:
            seen = f" ({_utc(evidence.at)})" if evidence.at else ""
            yield f"   - {evidence_text(evidence)}{seen}"


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
