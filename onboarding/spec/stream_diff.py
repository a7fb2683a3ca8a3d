"""What a changed declaration does to the data stream: each setting's effect, and what AWS allows only so often.

It is the part of diff.py about the stream, and reads nothing but its arguments.
"""

from collections.abc import Iterator

from onboarding.spec.change import Change, Verb, on_or_off
from onboarding.spec.daily_usage import NOTHING_USED, DailyUsage
from onboarding.spec.endpoint_diff import of_endpoint
from onboarding.spec.shards_diff import of_mode, of_shards
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.stream_settings import SMALLEST_RECORD_LIMIT
from portal.messages.message import Message


def of_stream(was: StreamSpec, now: StreamSpec, usage: DailyUsage = NOTHING_USED) -> Iterator[Change]:
    """Return every setting of the stream that differs."""
    if was.mode != now.mode:
        yield of_mode(was, now, usage)
    elif was.shards and now.shards and was.shards != now.shards:
        yield of_shards(was.shards, now.shards, usage)
    if was.retention_hours != now.retention_hours:
        yield _retention(was, now)
    if was.kms_key != now.kms_key:
        yield Change("stream.kms_key", "Encryption at rest", _key(was), _key(now), Verb.UPDATE, _encryption(now))
    if was.max_record_kib != now.max_record_kib:
        yield _record_size(was, now)
    if was.shard_level_metrics != now.shard_level_metrics:
        yield _metrics(was, now)
    if was.endpoint != now.endpoint and was.region == now.region:
        yield from of_endpoint(was.endpoint, now.endpoint, now.region)
    yield from _tags(was.tags, now.tags)


def _retention(was: StreamSpec, now: StreamSpec) -> Change:
    values = f"{was.retention_hours} h", f"{now.retention_hours} h"
    if shorter := now.retention_hours < was.retention_hours:
        effect = Message("change.retention_shortened", hours=now.retention_hours)
    else:
        effect = Message("change.retention_extended")
    return Change("stream.retention_hours", "Retention period", *values, Verb.UPDATE, effect, loses=shorter)


def _encryption(now: StreamSpec) -> Message:
    if now.kms_key == "none":
        return Message("change.encryption_off")
    if now.makes_key:
        return Message("change.encryption_new_key")
    return Message("change.encryption_own_key") if now.customer_key_arn else Message("change.encryption_aws_key")


def _key(stream: StreamSpec) -> str:
    return {"none": "none", "aws": "AWS-managed key", "new": "new KMS key"}.get(stream.kms_key, stream.kms_key)


def _record_size(was: StreamSpec, now: StreamSpec) -> Change:
    values = f"{was.max_record_kib} KiB", f"{now.max_record_kib} KiB"
    if now.max_record_kib < was.max_record_kib:
        effect = Message("change.record_limit_lowered")
    else:
        effect = Message("change.record_limit_raised", recommended_kib=SMALLEST_RECORD_LIMIT)
    return Change("stream.max_record_kib", "Maximum record size", *values, Verb.UPDATE, effect)


def _metrics(was: StreamSpec, now: StreamSpec) -> Change:
    on = now.shard_level_metrics
    effect = Message("change.shard_metrics_on") if on else Message("change.shard_metrics_off")
    values = on_or_off(was.shard_level_metrics), on_or_off(on)
    return Change("stream.shard_level_metrics", "Shard-level metrics", *values, Verb.UPDATE, effect)


def _tags(was: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    for key, value in now.items():
        path, label, after = f"stream.tags.{key}", f"Tag {key}", value or "empty"
        if key not in was:
            yield Change(path, label, "none", after, Verb.CREATE, Message("change.tag_added"))
        elif was[key] != value:
            yield Change(path, label, was[key] or "empty", after, Verb.UPDATE, Message("change.tag_updated"))
    for key, value in was.items():
        if key not in now:
            effect = Message("change.tag_removed")
            yield Change(f"stream.tags.{key}", f"Tag {key}", value or "empty", "none", Verb.REMOVE, effect)
