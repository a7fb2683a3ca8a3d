"""Checks of who sends: whether the producer's key or role can put records, and whether records arrive."""

from dataclasses import dataclass
from datetime import datetime

from monitoring.diagnosis.finding import Evidence, Finding, Fix, Result, Turn, differs, fine
from monitoring.diagnosis.subject import Subject
from monitoring.health.measurement import last_record_at
from monitoring.health.producer_rules import (
    SILENCE_SECONDS,
    key_unused,
    no_metrics,
    silent,
    writes_rejected,
    writes_throttled,
)
from onboarding.integrations import key_use
from onboarding.models.credential import Credential
from onboarding.models.producer_role import ProducerRole
from onboarding.models.states import CredentialState, ProducerRoleState
from onboarding.provisioning.differences import Difference
from portal.messages.message import Message

_BY_KEY = ("producer_policy", "access_key", "grant")
_BY_ROLE = ("producer_role", "producer_role_policy")
# What can keep the producer from sending: not its tags, nor that it does not send.
_STOPPING = {
    "resource.user",
    "resource.policy",
    "resource.role",
    "drift.access_keys",
    "drift.boundary",
    "drift.networks",
    "drift.permissions",
    "drift.quarantine",
    "drift.trust_policy",
}


def producer(subject: Subject) -> Finding:
    """Check that the producer's key or role exists, is active and may put records. Raises AwsFault."""
    if subject.context.plan.spec.is_by_role:
        return _by_role(subject)
    credential = _credential(subject)
    if credential is None:
        return Finding(Result.PROBLEM, Message("diagnosis.no_access_key"), Turn.CLIENT, Fix.ACCESS_KEY)
    used = key_use.check(credential)
    evidence = (_known(used, subject.now()), *_uses(used))
    stopping = _stopping(subject.differences(*_BY_KEY))
    if not stopping:
        return fine(Message("diagnosis.key_active", key=credential.access_key_id), *evidence)
    differences = tuple(Evidence(_differs(found), subject.now()) for found in stopping)
    return Finding(
        Result.PROBLEM, _cause(stopping, credential), Turn.CLIENT, Fix.DRIFT, evidence=(*differences, *evidence)
    )


def _credential(subject: Subject) -> Credential | None:
    usable = [CredentialState.READY, CredentialState.IN_USE, CredentialState.INACTIVE]
    rows = Credential.objects.filter(integration=subject.integration, state__in=usable)
    return rows.select_related("integration__tenant", "integration__connection").order_by("-attempt").first()


def _known(credential: Credential, now: datetime) -> Evidence:
    known = Message("diagnosis.key_known", key=credential.access_key_id, user=credential.user_name)
    return Evidence(known, now)


def _uses(credential: Credential) -> list[Evidence]:
    downloads = [
        download.at for copy in credential.copies.filter(audience="vendor") for download in copy.downloads.all()
    ]
    if downloads:
        downloaded = Evidence(Message("diagnosis.key_downloaded"), max(downloads))
    else:
        downloaded = Evidence(Message("diagnosis.key_not_downloaded"))
    if credential.use_checked_at is None:
        return [downloaded, Evidence(Message("diagnosis.key_use_unknown"))]
    if credential.last_used_at is None:
        return [downloaded, Evidence(Message("diagnosis.key_not_used"), credential.use_checked_at)]
    place = {"service": credential.last_used_service, "region": credential.last_used_region}
    return [downloaded, Evidence(Message("diagnosis.key_last_used", **place), credential.last_used_at)]


def _stopping(differences: list[Difference]) -> list[Difference]:
    return [found for found in differences if found.what.code in _STOPPING]


def _cause(stopping: list[Difference], credential: Credential) -> Message:
    first = stopping[0]
    if first.what.code == "drift.access_keys" and f"{credential.access_key_id} Inactive" in str(first.found.as_json()):
        return Message("diagnosis.key_inactive", key=credential.access_key_id, user=credential.user_name)
    return _differs(first)


def _differs(found: Difference) -> Message:
    return differs(found.what, found.expected, found.found)


def _by_role(subject: Subject) -> Finding:
    rows = ProducerRole.objects.filter(integration=subject.integration).exclude(state=ProducerRoleState.RETIRED)
    role = rows.first()
    if role is None:
        return Finding(Result.PROBLEM, Message("diagnosis.no_producer_role"), Turn.CLIENT, Fix.DRIFT)
    evidence = Evidence(Message("diagnosis.role_known", arn=role.arn), subject.now()), *_reports(role)
    stopping = _stopping(subject.differences(*_BY_ROLE))
    if stopping:
        return Finding(Result.PROBLEM, _differs(stopping[0]), Turn.CLIENT, Fix.DRIFT, evidence=evidence)
    if role.has_failed:
        return Finding(Result.PROBLEM, Message("diagnosis.role_test_failed"), Turn.VENDOR, evidence=evidence)
    return fine(Message("diagnosis.role_active"), *evidence)


def _reports(role: ProducerRole) -> list[Evidence]:
    if role.reported_at is None:
        return [Evidence(Message("diagnosis.role_not_reported"))]
    reported = Evidence(Message("diagnosis.role_reported", state=str(role.status.label)), role.reported_at)
    detail = str(role.report.get("detail") or "")
    return [reported, Evidence(detail, role.reported_at)] if detail else [reported]


@dataclass(frozen=True, slots=True)
class _Answer:
    result: Result
    cause: Message
    turn: Turn | None = None
    fix: Fix | None = None


def records(subject: Subject) -> Finding:
    """Check whether records arrive, by the metrics of the last five minutes. Raises AwsFault."""
    _ = subject.described
    answer, inputs = _arriving(subject), subject.inputs
    last, end = last_record_at(subject.reading.stream, subject.reading.series), subject.reading.series.end
    seen = (
        Evidence(Message("diagnosis.last_record"), last) if last else Evidence(Message("diagnosis.no_record_seen"), end)
    )
    rate = inputs.records_per_second
    evidence = (Evidence(Message("diagnosis.rate", records_per_second=rate), end),) if rate is not None else ()
    return Finding(answer.result, answer.cause, answer.turn, answer.fix, evidence=(*evidence, seen))


def _arriving(subject: Subject) -> _Answer:
    inputs = subject.inputs
    if (rejected := writes_rejected(inputs)) is not None:
        return _Answer(Result.PROBLEM, rejected.message, Turn.CLIENT)
    if inputs.metrics_gap is not None:
        return _Answer(Result.UNKNOWN, inputs.metrics_gap, Turn.AWS)
    if inputs.records_per_second:
        return _Answer(Result.FINE, Message("stream.receiving", records_per_second=inputs.records_per_second))
    if writes_throttled(inputs) is not None:
        return _Answer(Result.PROBLEM, Message("diagnosis.only_throttled"), Turn.CLIENT, Fix.CAPACITY)
    if (silence := silent(inputs)) is not None:
        return _Answer(Result.PROBLEM, silence.message, Turn.VENDOR, Fix.EXPECTED_HOURS)
    if inputs.silent_seconds is not None:
        return _quiet(inputs.silent_seconds)
    if (unused := key_unused(inputs)) is not None:
        return _Answer(Result.PROBLEM, unused.message, Turn.VENDOR, Fix.ACCESS_KEY)
    absent = no_metrics(inputs)
    return _Answer(Result.UNKNOWN, absent.message if absent else Message("stream.no_metrics"), Turn.VENDOR)


def _quiet(seconds: float) -> _Answer:
    if seconds < SILENCE_SECONDS:
        return _Answer(Result.FINE, Message("stream.last_record", silent_seconds=seconds))
    return _Answer(Result.FINE, Message("diagnosis.quiet_as_expected", silent_seconds=seconds), fix=Fix.EXPECTED_HOURS)
