"""What a changed declaration does to the data stream: each setting's effect, and what AWS allows only so often.

It is the part of diff.py about the stream, and reads nothing but its arguments.
"""

from collections.abc import Iterator

from onboarding.spec.change import EMPTY, NONE, Change, Verb, on_or_off, text
from onboarding.spec.daily_usage import NOTHING_USED, DailyUsage
from onboarding.spec.endpoint_diff import of_endpoint
from onboarding.spec.shards_diff import of_mode, of_shards
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.stream_settings import SMALLEST_RECORD_LIMIT
from portal.messages.message import Message

_KEYS = {"none": NONE, "aws": Message("value.aws_key"), "new": Message("value.new_key")}


def of_stream(was: StreamSpec, now: StreamSpec, usage: DailyUsage = NOTHING_USED) -> Iterator[Change]:
    """Return every setting of the stream that differs."""
    if was.mode != now.mode:
        yield of_mode(was, now, usage)
    elif was.shards and now.shards and was.shards != now.shards:
        yield of_shards(was.shards, now.shards, usage)
    if was.retention_hours != now.retention_hours:
        yield _retention(was, now)
    if was.kms_key != now.kms_key:
        values = encryption(was), encryption(now)
        yield Change("stream.kms_key", Message("setting.encryption"), *values, Verb.UPDATE, _encryption_effect(now))
    if was.max_record_kib != now.max_record_kib:
        yield _record_size(was, now)
    if was.shard_level_metrics != now.shard_level_metrics:
        yield _metrics(was, now)
    if was.endpoint != now.endpoint and was.region == now.region:
        yield from of_endpoint(was.endpoint, now.endpoint, now.region)
    yield from _tags(was.tags, now.tags)


def _retention(was: StreamSpec, now: StreamSpec) -> Change:
    label, values = Message("setting.retention"), (retention(was), retention(now))
    if shorter := now.retention_hours < was.retention_hours:
        effect = Message("change.retention_shortened", hours=now.retention_hours)
    else:
        effect = Message("change.retention_extended")
    return Change("stream.retention_hours", label, *values, Verb.UPDATE, effect, loses=shorter)


def _encryption_effect(now: StreamSpec) -> Message:
    if now.kms_key == "none":
        return Message("change.encryption_off")
    if now.makes_key:
        return Message("change.encryption_new_key")
    return Message("change.encryption_own_key") if now.customer_key_arn else Message("change.encryption_aws_key")


def retention(stream: StreamSpec) -> Message:
    """Return a stream's retention period."""
    return Message("value.hours", hour_count=stream.retention_hours)


def encryption(stream: StreamSpec) -> Message:
    """Return which key encrypts a stream's records, or that none does."""
    return _KEYS.get(stream.kms_key) or text(stream.kms_key)


def record_limit(stream: StreamSpec) -> Message:
    """Return the largest record that a stream accepts."""
    return Message("value.kib", kib_count=stream.max_record_kib)


def _record_size(was: StreamSpec, now: StreamSpec) -> Change:
    label, values = Message("setting.record_size"), (record_limit(was), record_limit(now))
    if now.max_record_kib < was.max_record_kib:
        effect = Message("change.record_limit_lowered")
    else:
        effect = Message("change.record_limit_raised", recommended_kib=SMALLEST_RECORD_LIMIT)
    return Change("stream.max_record_kib", label, *values, Verb.UPDATE, effect)


def _metrics(was: StreamSpec, now: StreamSpec) -> Change:
    on = now.shard_level_metrics
    effect = Message("change.shard_metrics_on") if on else Message("change.shard_metrics_off")
    label, values = Message("setting.shard_metrics"), (on_or_off(was.shard_level_metrics), on_or_off(on))
    return Change("stream.shard_level_metrics", label, *values, Verb.UPDATE, effect)


def _tags(was: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    for key, value in now.items():
        path, label = f"stream.tags.{key}", Message("setting.tag", key=key)
        if key not in was:
            yield Change(path, label, NONE, _tag(value), Verb.CREATE, Message("change.tag_added"))
        elif was[key] != value:
            yield Change(path, label, _tag(was[key]), _tag(value), Verb.UPDATE, Message("change.tag_updated"))
    for key, value in was.items():
        if key not in now:
            label, effect = Message("setting.tag", key=key), Message("change.tag_removed")
            yield Change(f"stream.tags.{key}", label, _tag(value), NONE, Verb.REMOVE, effect)


def _tag(value: str) -> Message:
    return text(value) if value else EMPTY
