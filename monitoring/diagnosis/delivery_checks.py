"""Checks of who reads: consumers that are behind, and Firehose with its role, its bucket and its last errors."""

from monitoring.diagnosis.delivery_errors import delivery_errors
from monitoring.diagnosis.finding import Evidence, Finding, Fix, NotChecked, Result, Turn, differs, fine, not_applicable
from monitoring.diagnosis.subject import Subject
from monitoring.health.consumer_rules import consumer_behind, reads_throttled
from monitoring.health.delivery_rules import delivery_failing, delivery_late, delivery_retrying
from onboarding.provisioning.differences import Difference
from portal.aws import firehose
from portal.messages.message import Message

_ROLE_STOPS = {"resource.role", "drift.trust_policy", "drift.permissions"}
_BUCKET_STOPS = {"resource.bucket"}
# These may be meant by the client: they are a cause only if a delivery fails.
_BUCKET_MAY_STOP = {"drift.policy", "drift.bucket_encryption"}
_NOT_ACCESSIBLE = Message("drift.not_accessible")
_FIREHOSE_STOPS = {"resource.firehose", "drift.status", "drift.source", "drift.destination"}


def consumers(subject: Subject) -> Finding:
    """Check whether those who read the stream keep up. Raises AwsFault."""
    _ = subject.described
    inputs, at = subject.inputs, subject.reading.series.end
    age = inputs.iterator_age_seconds
    evidence = (Evidence(Message("diagnosis.iterator_age", age_seconds=age), at),) if age is not None else ()
    for assessment in (consumer_behind(inputs), reads_throttled(inputs)):
        if assessment is not None:
            return Finding(Result.PROBLEM, assessment.message, Turn.CLIENT, evidence=evidence)
    if age is None and inputs.iterator_age_at_most_seconds is not None:
        most = Message("diagnosis.iterator_age_at_most", age_seconds=inputs.iterator_age_at_most_seconds)
        return not_applicable(most)
    if age is None:
        return not_applicable(Message("diagnosis.no_reader"))
    return fine(Message("diagnosis.readers_keep_up"), *evidence)


def firehose_role(subject: Subject) -> Finding:
    """Check that Firehose can assume its role, and that the role may read and deliver. Raises AwsFault."""
    _must_deliver(subject)
    differences = subject.differences("firehose_role")
    return _of(subject, differences, _ROLE_STOPS) or fine(Message("diagnosis.firehose_roles_fine"))


def bucket(subject: Subject) -> Finding:
    """Check that the buckets exist, and if a delivery fails, that their policy and encryption are unchanged."""
    _must_deliver(subject)
    differences = subject.differences("bucket")
    if subject.may_lack_permissions and (unclear := [row for row in differences if row.found == _NOT_ACCESSIBLE]):
        # AWS answers 403 for another account's bucket and for a role that may not see it.
        return Finding(Result.UNKNOWN, differs(unclear[0].what, unclear[0].expected, unclear[0].found), Turn.CLIENT)
    stopping = set(_BUCKET_STOPS)
    if any(found.what.code in _BUCKET_MAY_STOP for found in differences) and _fails(subject):
        stopping |= _BUCKET_MAY_STOP
    return _of(subject, differences, stopping) or fine(Message("diagnosis.buckets_fine"))


def delivery(subject: Subject) -> Finding:
    """Check that Firehose delivers, by its status and its metrics. Raises AwsFault."""
    _must_deliver(subject)
    found = _of(subject, subject.differences("firehose"), _FIREHOSE_STOPS)
    if found is not None:
        return found
    inputs, at = subject.inputs, subject.reading.series.end
    errors = _failures(subject)
    for assessment in (delivery_failing(inputs), delivery_late(inputs), delivery_retrying(inputs)):
        if assessment is not None:
            at_end = Evidence(Message("diagnosis.delivery_measured"), at)
            return Finding(Result.PROBLEM, assessment.message, Turn.CLIENT, Fix.DRIFT, evidence=(*errors, at_end))
    return fine(Message("diagnosis.deliveries_fine"), *errors)


def _failures(subject: Subject) -> tuple[Evidence, ...]:
    """Return the last errors that Firehose logged, and why it failed to be created or deleted."""
    described = [firehose.describe_delivery_stream(subject.aws, row.name) for row in subject.stream.deliveries]
    failed = (Evidence(found.failure, subject.now()) for found in described if found and found.failure)
    return (*delivery_errors(subject), *failed)


def _fails(subject: Subject) -> bool:
    return any(row.is_failing or row.is_late for row in subject.inputs.deliveries)


def _must_deliver(subject: Subject) -> None:
    if not subject.stream.deliveries:
        raise NotChecked(Result.NOT_APPLICABLE, Message("diagnosis.no_delivery"))


def _of(subject: Subject, differences: list[Difference], stopping: set[str]) -> Finding | None:
    found = [difference for difference in differences if difference.what.code in stopping]
    if not found:
        return None
    causes = [differs(row.what, row.expected, row.found) for row in found]
    evidence = tuple(Evidence(cause, subject.now()) for cause in causes)
    return Finding(Result.PROBLEM, causes[0], Turn.CLIENT, Fix.DRIFT, evidence=evidence)
