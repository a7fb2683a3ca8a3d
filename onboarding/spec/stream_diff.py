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
            f"AWS allows {MOST_MODE_SWITCHES} capacity mode switches in 24 hours, and Sluice has used "
            f"{used.mode_switches}. The next switch is possible from {used.mode_free}."
        )
        return Change("stream.mode", label, *values, Verb.REFUSE, words)
    left = MOST_MODE_SWITCHES - used.mode_switches - 1
    often = f"AWS allows {MOST_MODE_SWITCHES} switches in 24 hours; after this one {left or 'none'} is left."
    if now.mode == "ON_DEMAND":
        words = (
            "Records keep flowing during the switch. Afterwards AWS scales the stream automatically and charges per "
            f"hour and per GB in and out instead of per shard. {often}"
        )
    else:
        words = (
            "Records keep flowing during the switch. The stream first keeps its current shards, then Sluice "
            f"changes them to {now.shards} in steps. Afterwards AWS charges per shard and hour. "
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
            f"AWS allows changes to between half and twice the current count, {MOST_SHARD_CHANGES} times in 24 hours; "
            f"from {was} to {now} takes {len(hops)} changes{_spent(used)}. {_instead(hops, left, used)}"
        )
        return Change("stream.shards", label, *values, Verb.REFUSE, words)
    way = "in one change" if len(hops) == 1 else f"in {len(hops)} changes ({', '.join(str(hop) for hop in hops)})"
    words = (
        f"Updated {way}: AWS allows changes to between half and twice the current count, ten times in 24 hours"
        f"{_spent(used)}. Records keep flowing. Those of one partition key may be read from an old and a new shard for "
        f"a while.{_advice(hops[-2] if len(hops) > 1 else was, now)}"
    )
    return Change("stream.shards", label, *values, Verb.UPDATE, words)


def _spent(used: Used) -> str:
    return f", of which Sluice has used {used.shard_changes}" if used.shard_changes else ""


def _instead(hops: list[int], left: int, used: Used) -> str:
    if left > 0:
        return f"You can change to {hops[left - 1]} shards now."
    return f"The next change is possible from {used.shards_free}."


def _advice(last: int, now: int) -> str:
    """Return which counts AWS reaches faster, where this is not one: those a multiple of 25 % of the one before."""
    if now * 4 % last == 0:
        return ""
    quarter = now * 4 // last
    near = [count // 4 for count in (quarter * last, (quarter + 1) * last) if count % 4 == 0 and count // 4 <= last * 2]
    meant = f" ({' or '.join(str(count) for count in near)})" if near else ""
    return f" AWS is faster if the count changes by 25, 50, 75 or 100 %{meant}."


def _retention(was: StreamSpec, now: StreamSpec) -> Change:
    hours = f"{was.retention_hours} h", f"{now.retention_hours} h"
    if shorter := now.retention_hours < was.retention_hours:
        words = f"Records older than {now.retention_hours} hours are deleted immediately. This cannot be undone."
    else:
        words = "Existing records are stored longer. More than 24 hours costs extra."
    return Change("stream.retention_hours", "Retention period", *hours, Verb.UPDATE, words, loses=shorter)


def _encryption(now: StreamSpec) -> str:
    if now.kms_key == "none":
        return "New records are stored unencrypted. Existing records stay encrypted."
    own = now.customer_key_arn or now.makes_key
    also = " The producer policy and the Firehose role get permission to use the key." if own else ""
    if now.makes_key:
        also = f" AWS charges a monthly fee for a KMS key.{also}"
    return f"New records are encrypted with this key. Existing records are not changed.{also}"


def _key(stream: StreamSpec) -> str:
    return {"none": "none", "aws": "AWS-managed key", "new": "new KMS key"}.get(stream.kms_key, stream.kms_key)


def _record_size(was: StreamSpec, now: StreamSpec) -> Change:
    sizes = f"{was.max_record_kib} KiB", f"{now.max_record_kib} KiB"
    if now.max_record_kib < was.max_record_kib:
        words = "Larger records are rejected. Existing records stay readable."
    else:
        words = LARGE_RECORDS
    return Change("stream.max_record_kib", "Maximum record size", *sizes, Verb.UPDATE, words)


LARGE_RECORDS = (
    "For occasional large records: a shard still accepts 1 MB/s, and AWS recommends that less than 2 % of the "
    f"records be larger than {SMALLEST_RECORD_LIMIT} KiB. Applications that read the stream must support them."
)


def _metrics(was: StreamSpec, now: StreamSpec) -> Change:
    words = (
        "Seven metrics per shard, charged by CloudWatch."
        if now.shard_level_metrics
        else "Metrics no longer show which shard is overloaded."
    )
    states = on_or_off(was.shard_level_metrics), on_or_off(now.shard_level_metrics)
    return Change("stream.shard_level_metrics", "Shard-level metrics", *states, Verb.UPDATE, words)


def _tags(was: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    for key, value in now.items():
        if key not in was:
            words = "Added to the data stream. It can take a day to appear on your bill."
            yield Change(f"stream.tags.{key}", f"Tag {key}", "none", value or "empty", Verb.CREATE, words)
        elif was[key] != value:
            words = "Changed on the data stream."
            yield Change(f"stream.tags.{key}", f"Tag {key}", was[key] or "empty", value or "empty", Verb.UPDATE, words)
    for key, value in was.items():
        if key not in now:
            words = "Removed from the data stream. Tags that Sluice did not add are kept."
            yield Change(f"stream.tags.{key}", f"Tag {key}", value or "empty", "none", Verb.REMOVE, words)
