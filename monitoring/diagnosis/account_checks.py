"""Checks of what lets Sluice see anything: the connection, the role's permissions, its own collection of metrics."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from monitoring.diagnosis.finding import Evidence, Finding, Fix, Result, Turn, fine, not_applicable
from monitoring.diagnosis.subject import Subject
from monitoring.models import lifetime
from onboarding.account_state.connection_status import connection_status
from onboarding.connections import grant, permission_report
from portal.aws.errors import AwsFault
from portal.aws.sts import Outcome, TrustReport
from portal.messages.message import Message

_OUTCOMES = {
    Outcome.ALLOWED: Message("diagnosis.outcome_allowed"),
    Outcome.REFUSED: Message("diagnosis.outcome_denied"),
    Outcome.UNKNOWN: Message("diagnosis.outcome_unknown"),
}
MOST_ACTIONS = 10


def connection(subject: Subject) -> Finding:
    """Assume the role now. What a wrong and a missing external ID led to is known from the last trust test.

    Trying these again would leave denied calls in the client's CloudTrail each time. Raises AwsFault without an answer.
    """
    try:
        subject.open()
    except AwsFault as fault:
        if not fault.is_denied_role:
            raise
        return _not_usable(subject, Evidence(f"{fault.operation}: {fault.code}: {fault.aws_text}", subject.now()))
    if not connection_status(subject.connection).is_verified:
        return _not_usable(subject)
    return fine(Message("diagnosis.connection_works"), _tries(subject))


def _not_usable(subject: Subject, *evidence: Evidence) -> Finding:
    cause = subject.connection.verdict or Message("trust.denied_since")
    return Finding(Result.PROBLEM, cause, Turn.CLIENT, Fix.CONNECTION, evidence=(*evidence, _tries(subject)))


def _tries(subject: Subject) -> Evidence:
    report = _known_trust(subject)
    right, wrong, missing = (_OUTCOMES[outcome] for outcome in (report.right, report.wrong, report.missing))
    tries = Message("diagnosis.three_tries", right=right, wrong=wrong, missing=missing)
    return Evidence(tries, subject.connection.checked_at)


def _known_trust(subject: Subject) -> TrustReport:
    stored: Mapping[str, Any] = subject.connection.trust_report
    right, wrong, missing = (Outcome(stored.get(name) or Outcome.UNKNOWN) for name in ("right", "wrong", "missing"))
    return TrustReport(right, wrong, missing, subject.connection.account_id, str(stored.get("detail", "")))


def permissions(subject: Subject) -> Finding:
    """Check the role's permissions. What a role of an older template lacks is no cause; what it has beyond is none."""
    report = _permission_report(subject)
    counts = Message(
        "diagnosis.permission_counts",
        passed_count=report["passed"],
        failed_count=report["failed"],
        unknown_count=report["unknown"],
    )
    evidence: tuple[Evidence, ...] = (Evidence(counts, subject.now()),)
    missing = [line for line in report["lines"] if line["passed"] is False and line["should_be"] == "allowed"]
    older = {line["action"] for line in missing if grant.lacks(subject.connection, line["action"])}
    if older:
        evidence += (Evidence(Message("diagnosis.role_is_older", actions=sorted(older))),)
    denied = list(dict.fromkeys(line["action"] for line in missing if line["action"] not in older))
    if not denied:
        subject.may_lack_permissions = bool(report["unknown"])
        return fine(Message("diagnosis.permissions_present"), *evidence)
    texts = dict.fromkeys(line["detail"] for line in missing if line["detail"] and line["action"] in denied)
    cause = Message("diagnosis.permissions_missing", actions=denied[:MOST_ACTIONS], action_count=len(denied))
    texts_of_aws = tuple(Evidence(text, subject.now()) for text in list(texts)[:MOST_ACTIONS])
    return Finding(Result.PROBLEM, cause, Turn.CLIENT, Fix.PERMISSIONS, evidence=evidence + texts_of_aws)


def _permission_report(subject: Subject) -> dict[str, Any]:
    _ = subject.aws
    try:
        return permission_report.check_permissions(connection=subject.connection, trust=_known_trust(subject))
    except ValidationError as invalid:
        if isinstance(invalid.__cause__, AwsFault):
            raise invalid.__cause__ from None
        raise


def collection(subject: Subject) -> Finding:
    """Check whether Sluice's workers collect: metrics that can be read now and are old were not collected."""
    health = subject.health
    subject.reading  # noqa: B018  (raises if AWS does not answer: then an old assessment is not the workers' fault)
    if health is None or health.checked_at is None:
        waited = subject.began - subject.stream.live_since
        if waited <= lifetime():
            return not_applicable(Message("diagnosis.collection_begins"))
        return Finding(Result.PROBLEM, Message("diagnosis.never_collected"), Turn.OPERATOR)
    if health.expires_at is not None and health.expires_at <= subject.began:
        evidence = Evidence(Message("diagnosis.last_collection"), health.checked_at)
        return Finding(Result.PROBLEM, Message("diagnosis.not_collected"), Turn.OPERATOR, evidence=(evidence,))
    return fine(Message("diagnosis.collected"), Evidence(Message("diagnosis.last_collection"), health.checked_at))
