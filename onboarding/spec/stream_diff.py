"""What a changed declaration does to the data stream: each setting's verdict, and what AWS allows only so often.

Pure, as changes.py, of which it is the part about the stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from onboarding.spec.change import Change, Verb, on_or_off
from onboarding.spec.endpoint_diff import of_endpoint
from onboarding.spec.integration_spec import StreamSpec
from portal.aws.kinesis import SMALLEST_RECORD_LIMIT, shard_counts

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
MOST_SHARD_CHANGES = 10
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html
MOST_MODE_SWITCHES = 2


@dataclass(frozen=True, slots=True)
class Used:
    """How often this integration changed its stream in the last 24 hours, of what AWS counts; and when, in words, the
    oldest of these counts no more. What others did in the account is not in it."""

    mode_switches: int = 0
    shard_changes: int = 0
    mode_free: str = ""
    shards_free: str = ""


NOTHING_USED = Used()


def of_stream(was: StreamSpec, now: StreamSpec, used: Used = NOTHING_USED) -> Iterator[Change]:
    """Return every setting of the stream that differs."""
    if was.mode != now.mode:
        yield _mode(was, now, used)
    elif was.shards and now.shards and was.shards != now.shards:
        yield _shards(was.shards, now.shards, used)
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


def _mode(was: StreamSpec, now: StreamSpec, used: Used) -> Change:
    label, values = "Capacity mode", (_capacity(was), _capacity(now))
    if used.mode_switches >= MOST_MODE_SWITCHES:
        words = (
            f"AWS switches the mode of a stream {MOST_MODE_SWITCHES} times in 24 hours, and Sluice has done so "
            f"{used.mode_switches} times. Again from {used.mode_free} on."
        )
        return Change("stream.mode", label, *values, Verb.REFUSE, words)
    left = MOST_MODE_SWITCHES - used.mode_switches - 1
    often = f"AWS allows {MOST_MODE_SWITCHES} switches in 24 hours; after this one {left or 'none'} is left."
    if now.mode == "ON_DEMAND":
        words = (
            "Switched while records keep flowing. From then on AWS sizes the stream by itself, and charges for each "
            f"hour and each gigabyte in and out instead of each shard. {often}"
        )
    else:
        words = (
            "Switched while records keep flowing. The stream keeps the shards that it has at that moment; then Sluice "
            f"goes on to {now.shards}, by half or twice at a time. From then on AWS charges for each shard and hour. "
            f"{often}"
        )
    return Change("stream.mode", label, *values, Verb.UPDATE, words)


def _capacity(stream: StreamSpec) -> str:
    return "on-demand" if stream.mode == "ON_DEMAND" else f"provisioned, {stream.shards} shard{_s(stream.shards)}"


def _s(count: int | None) -> str:
    return "" if count == 1 else "s"


def _shards(was: int, now: int, used: Used) -> Change:
    hops, label, values = shard_counts(was, now), "Number of shards", (str(was), str(now))
    left = MOST_SHARD_CHANGES - used.shard_changes
    if len(hops) > left:
        words = (
            f"AWS changes the count to between half and twice the present, {MOST_SHARD_CHANGES} times in 24 hours; "
            f"from {was} to {now} takes {len(hops)} changes{_spent(used)}. {_instead(hops, left, used)}"
        )
        return Change("stream.shards", label, *values, Verb.REFUSE, words)
    way = "in one change" if len(hops) == 1 else f"in {len(hops)} changes ({', '.join(str(hop) for hop in hops)})"
    words = (
        f"Updated {way}: AWS goes to between half and twice the present count, and allows ten changes in 24 hours"
        f"{_spent(used)}. Records keep flowing; those of one partition key may be read from an old and a new shard for "
        f"a while.{_advice(hops[-2] if len(hops) > 1 else was, now)}"
    )
    return Change("stream.shards", label, *values, Verb.UPDATE, words)


def _spent(used: Used) -> str:
    return f", of which Sluice has made {used.shard_changes}" if used.shard_changes else ""


def _instead(hops: list[int], left: int, used: Used) -> str:
    if left > 0:
        return f"Go part of the way now: {hops[left - 1]} can be reached."
    return f"Again from {used.shards_free} on."


def _advice(last: int, now: int) -> str:
    """Return which counts AWS reaches faster, where this is not one: those a multiple of 25 % of the one before."""
    if now * 4 % last == 0:
        return ""
    quarter = now * 4 // last
    near = [count // 4 for count in (quarter * last, (quarter + 1) * last) if count % 4 == 0 and count // 4 <= last * 2]
    meant = f" ({' or '.join(str(count) for count in near)})" if near else ""
    return f" AWS is quicker where the change is by 25, 50, 75 or 100 %{meant}."


def _retention(was: StreamSpec, now: StreamSpec) -> Change:
    hours = f"{was.retention_hours} h", f"{now.retention_hours} h"
    if shorter := now.retention_hours < was.retention_hours:
        words = f"Records older than {now.retention_hours} hours are lost at once, and AWS cannot bring them back."
    else:
        words = "Records that are there stay readable longer. Above 24 hours costs extra."
    return Change("stream.retention_hours", "Retention period", *hours, Verb.UPDATE, words, loses=shorter)


def _encryption(now: StreamSpec) -> str:
    if now.kms_key == "none":
        return "Records written from now on lie unencrypted on AWS’s disks; older ones stay encrypted."
    own = now.customer_key_arn or now.makes_key
    also = " The producer’s policy and Firehose’s role get the right to use the key." if own else ""
    if now.makes_key:
        also = f" A KMS key costs a little every month.{also}"
    return f"Records written from now on are encrypted with it; older ones stay as they are.{also}"


def _key(stream: StreamSpec) -> str:
    return {"none": "none", "aws": "AWS-managed key", "new": "a new key of yours"}.get(stream.kms_key, stream.kms_key)


def _record_size(was: StreamSpec, now: StreamSpec) -> Change:
    sizes = f"{was.max_record_kib} KiB", f"{now.max_record_kib} KiB"
    if now.max_record_kib < was.max_record_kib:
        words = "Larger records are refused from now on; those that are there stay readable."
    else:
        words = LARGE_RECORDS
    return Change("stream.max_record_kib", "Largest record", *sizes, Verb.UPDATE, words)


LARGE_RECORDS = (
    "For a large record now and then: a shard still takes 1 MB a second, and AWS advises that less than 2 % of the "
    f"records be larger than {SMALLEST_RECORD_LIMIT} KiB. Programs that read the stream must be able to take them."
)


def _metrics(was: StreamSpec, now: StreamSpec) -> Change:
    words = (
        "Seven metrics a shard, which CloudWatch charges for."
        if now.shard_level_metrics
        else "No metric shows any more which shard is hot."
    )
    states = on_or_off(was.shard_level_metrics), on_or_off(now.shard_level_metrics)
    return Change("stream.shard_level_metrics", "Shard-level metrics", *states, Verb.UPDATE, words)


def _tags(was: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    for key, value in now.items():
        if key not in was:
            words = "Put on the data stream. It may take a day until it shows in the bill."
            yield Change(f"stream.tags.{key}", f"Tag {key}", "none", value or "empty", Verb.CREATE, words)
        elif was[key] != value:
            words = "Changed on the data stream."
            yield Change(f"stream.tags.{key}", f"Tag {key}", was[key] or "empty", value or "empty", Verb.UPDATE, words)
    for key, value in was.items():
        if key not in now:
            words = "Taken off the data stream. Tags that Sluice did not put there stay."
            yield Change(f"stream.tags.{key}", f"Tag {key}", value or "empty", "none", Verb.REMOVE, words)
