"""Checks of the data stream: whether it exists and takes records, its write limit, and its encryption key."""

from monitoring.diagnosis.finding import Evidence, Finding, Fix, Result, Turn, differs, fine, not_applicable
from monitoring.diagnosis.subject import Subject
from monitoring.health.producer_rules import near_write_limit, writes_throttled
from portal.aws import kms
from portal.aws.kinesis import Stream
from portal.aws.kms import Key
from portal.messages.message import Message

_AWS_KEY = "alias/aws/kinesis"


def stream(subject: Subject) -> Finding:
    """Check that the data stream exists and takes records. Raises AwsFault."""
    found, now = subject.described_or_none, subject.now()
    if found is None:
        cause = Message("diagnosis.stream_deleted", stream=subject.stream.stream_name, region=subject.stream.region)
        fix = None if subject.integration.is_self_managed else Fix.DRIFT
        return Finding(Result.PROBLEM, cause, Turn.CLIENT, fix, evidence=(Evidence(_answer("none"), now),))
    evidence = Evidence(_answer(found.status), now), Evidence(_capacity(found), now)
    if found.status == "DELETING":
        return Finding(Result.PROBLEM, Message("stream.being_deleted"), Turn.CLIENT, evidence=evidence)
    if found.status == "CREATING":
        return Finding(Result.PROBLEM, Message("diagnosis.stream_creating"), Turn.AWS, evidence=evidence)
    return fine(Message("diagnosis.stream_takes_records"), *evidence)


def _answer(status: str) -> Message:
    return Message("diagnosis.stream_status", status=status)


def _capacity(found: Stream) -> Message:
    mode = Message("stream.on_demand") if found.mode == "ON_DEMAND" else Message("diagnosis.provisioned")
    hours = found.retention_hours
    return Message(
        "diagnosis.stream_capacity", mode=mode, open_shard_count=found.open_shard_count, retention_hours=hours
    )


def write_limit(subject: Subject) -> Finding:
    """Check whether Kinesis throttles writes, and how much of the limit is used. Raises AwsFault."""
    _ = subject.described
    inputs, at = subject.inputs, subject.reading.series.end
    evidence = (Evidence(_usage(inputs.write_usage_share, inputs.throttled_writes), at),)
    throttled = writes_throttled(inputs)
    if throttled is not None:
        return Finding(Result.PROBLEM, throttled.message, Turn.CLIENT, Fix.CAPACITY, evidence=evidence)
    if "throttled_writes" in subject.reading.series.incomplete and inputs.metrics_gap is not None:
        return Finding(Result.UNKNOWN, inputs.metrics_gap, Turn.AWS, evidence=evidence)
    near = near_write_limit(inputs)
    if near is not None:  # nothing is lost yet
        return Finding(Result.FINE, near.message, Turn.CLIENT, Fix.CAPACITY, evidence=evidence)
    return fine(Message("diagnosis.not_throttled"), *evidence)


def _usage(share: float | None, throttled: float | None) -> Message:
    count = int(throttled or 0)
    if share is None:
        return Message("diagnosis.usage_unknown", throttled_count=count)
    return Message("diagnosis.usage", usage_share=share, throttled_count=count)


def encryption(subject: Subject) -> Finding:
    """Check that the key that encrypts the records is enabled. Raises AwsFault, DENIED where its policy refuses."""
    found, now = subject.described, subject.now()
    if found.encryption_type != "KMS":
        return not_applicable(Message("diagnosis.not_encrypted"))
    key_id = found.key_id or ""
    if key_id.endswith(_AWS_KEY):
        return fine(Message("diagnosis.aws_managed_key"), Evidence(Message("diagnosis.key_named", key=key_id), now))
    key = kms.describe_key(subject.aws, key_id)
    if key is None:
        return Finding(Result.PROBLEM, Message("diagnosis.key_missing", key=key_id), Turn.CLIENT)
    evidence = Evidence(Message("diagnosis.key_state", key=key.arn, state=key.state), now)
    if not key.enabled or key.is_pending_deletion:
        cause = Message("diagnosis.key_disabled", state=key.state)
        command = _enabling(subject, key)
        return Finding(Result.PROBLEM, cause, Turn.CLIENT, command=command, evidence=(evidence,))
    return _policy(subject, evidence)


def _policy(subject: Subject, evidence: Evidence) -> Finding:
    """Return whether the policy of a key that Sluice created is as it was; of another key Sluice cannot read it."""
    if subject.integration.is_self_managed or not subject.context.plan.spec.stream.makes_key:
        return fine(Message("diagnosis.key_enabled"), evidence)
    changed = [found for found in subject.differences("key") if _is_policy(found.what)]
    for found in changed:
        cause = differs(found.what, found.expected, found.found)
        return Finding(Result.PROBLEM, cause, Turn.CLIENT, Fix.DRIFT, evidence=(evidence,))
    return fine(Message("diagnosis.key_enabled"), evidence)


def _is_policy(what: Message) -> bool:
    return what.code == "drift.policy"


def _enabling(subject: Subject, key: Key) -> str:
    region, key_id = subject.stream.region, key.arn
    enable = f"aws kms enable-key --region {region} --key-id {key_id}"
    if key.is_pending_deletion:
        return f"aws kms cancel-key-deletion --region {region} --key-id {key_id} && {enable}"
    return enable
