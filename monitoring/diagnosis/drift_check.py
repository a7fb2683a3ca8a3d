"""The check for configuration drift: all that differs from the spec, which is also kept on the integration's page."""

from monitoring.diagnosis.finding import Evidence, Finding, Fix, Result, Turn, differs, fine, not_applicable
from monitoring.diagnosis.subject import Subject
from onboarding.integrations import drift
from portal.messages.message import Message

MOST_DIFFERENCES = 20


def configuration(subject: Subject) -> Finding:
    """Compare everything with the spec and keep what differs. Raises AwsFault if a part could not be compared."""
    if subject.has_active_run:
        return not_applicable(Message("drift.run_in_progress"))
    found = drift.keep(subject.integration, subject.compared(), subject.began)
    open_findings = [row for row in found if row.accepted_at is None]
    evidence = tuple(
        Evidence(differs(row.what, row.expected, row.found), row.found_at) for row in open_findings[:MOST_DIFFERENCES]
    )
    if not open_findings:
        return fine(Message("diagnosis.no_drift"), Evidence(Message("diagnosis.compared"), subject.now()))
    cause = Message("diagnosis.drift", difference_count=len(open_findings))
    return Finding(Result.PROBLEM, cause, Turn.CLIENT, Fix.DRIFT, evidence=evidence)
