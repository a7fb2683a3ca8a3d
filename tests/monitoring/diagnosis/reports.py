"""Reports of tests that need no AWS."""

from datetime import datetime

from django.utils import timezone

from monitoring.diagnosis.finding import Evidence, Finding, Fix, Result, Turn, fine
from monitoring.diagnosis.report import Report
from onboarding.models.diagnosis import Diagnosis
from onboarding.models.integration import Integration
from portal.messages.message import Message

AWS_TEXT = "sts:AssumeRole: AccessDenied: <b>not authorized</b>"


def denied_report(at: datetime | None = None) -> Report:
    """A diagnosis of a connection that AWS denies, and a write limit that is fine."""
    at = at or timezone.now()
    denied = Finding(
        Result.PROBLEM,
        Message("trust.denied_since"),
        Turn.CLIENT,
        Fix.CONNECTION,
        evidence=(Evidence(AWS_TEXT, at),),
        check="connection",
    )
    limit = fine(
        Message("diagnosis.not_throttled"), Evidence(Message("diagnosis.usage", usage_share=0.4, throttled_count=0))
    )
    return Report(at, at, "ada@northwind.example", (denied, _named(limit, "write_limit")))


def _named(finding: Finding, check: str) -> Finding:
    return Finding.from_json({**finding.as_json(), "check": check})


def stored(integration: Integration, report: Report | None = None) -> Diagnosis:
    """A finished diagnosis of an integration."""
    report = report or denied_report()
    return Diagnosis.objects.create(
        integration=integration,
        requested_by=report.requested_by,
        requested_at=report.began_at,
        claimed_at=report.began_at,
        finished_at=report.finished_at,
        results=report.as_json(),
    )
