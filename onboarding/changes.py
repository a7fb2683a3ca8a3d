"""What a changed declaration does to what is there: create, update, replace, remove, or refuse, field by field.

Pure: two declarations in, a list out. The command line, the review page and the service that starts a run read the
same list, so that what is shown is what is done.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from onboarding.spec import IntegrationSpec, S3Delivery, StreamSpec
from portal.aws.kinesis import shard_counts

MOST_HOPS = 10


class Verb(StrEnum):
    """What happens to a field."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    REMOVE = "remove"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its path in the declaration, both values as people read them, and what is done."""

    path: str
    label: str
    was: str
    becomes: str
    verb: Verb
    words: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {**asdict(self), "verb": str(self.verb)}


def between(before: IntegrationSpec, after: IntegrationSpec, *, is_sealed: bool = True) -> list[Change]:
    """Return every field that differs; with `is_sealed` a key has been sealed to the recipients of `before`."""
    found = [*_fixed(before, after), *_stream(before.stream, after.stream)]
    found += _delivery(before.delivery, after.delivery)
    if is_sealed and set(before.recipients) != set(after.recipients):
        words = "The key is sealed to the recipients it has; its secret is kept nowhere to seal it again."
        was, becomes = (", ".join(one[-16:] for one in spec.recipients) for spec in (before, after))
        found.append(Change("recipients", "Recipients", was, becomes, Verb.REFUSE, words))
    return found


def _fixed(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    rows = (
        ("connection", "Connection", before.connection, after.connection),
        ("stream.name", "Data stream name", before.stream.name, after.stream.name),
        ("stream.region", "Region", before.stream.region, after.stream.region),
    )
    for path, label, was, now in rows:
        if was != now:
            words = f"It is {was}, and cannot be changed: that would be another stream. Set up another integration."
            yield Change(path, label, was, now, Verb.REFUSE, words)
    was, now = before.stream.mode, after.stream.mode
    if was != now:
        words = "Sluice does not switch the capacity mode of a living stream. Keep it as it is."
        yield Change("stream.mode", "Capacity mode", was, now, Verb.REFUSE, words)


def _stream(was: StreamSpec, now: StreamSpec) -> Iterator[Change]:
    if was.mode == now.mode and was.shards and now.shards and was.shards != now.shards:
        yield _shards(was.shards, now.shards)
    if was.retention_hours != now.retention_hours:
        hours = f"{was.retention_hours} h", f"{now.retention_hours} h"
        yield Change("stream.retention_hours", "Retention period", *hours, Verb.UPDATE, _retention(was, now))
    if was.kms_key != now.kms_key:
        keys = _key(was), _key(now)
        yield Change("stream.kms_key", "Encryption at rest", *keys, Verb.UPDATE, _encryption(now))
    if was.shard_level_metrics != now.shard_level_metrics:
        words = (
            "Seven metrics a shard, which CloudWatch charges for."
            if now.shard_level_metrics
            else ("No metric shows any more which shard is hot.")
        )
        states = _on(was.shard_level_metrics), _on(now.shard_level_metrics)
        yield Change("stream.shard_level_metrics", "Shard-level metrics", *states, Verb.UPDATE, words)


def _shards(was: int, now: int) -> Change:
    hops = shard_counts(was, now)
    label = "Number of shards"
    if len(hops) > MOST_HOPS:
        words = (
            f"AWS changes the count to between half and twice the present, ten times in 24 hours; from {was} to {now} "
            f"takes {len(hops)} changes. Go part of the way now."
        )
        return Change("stream.shards", label, str(was), str(now), Verb.REFUSE, words)
    way = "in one change" if len(hops) == 1 else f"in {len(hops)} changes ({', '.join(str(hop) for hop in hops)})"
    words = (
        f"Updated {way}: AWS goes to between half and twice the present count, and allows ten changes in 24 hours. "
        "Records keep flowing; those of one partition key may be read from an old and a new shard for a while."
    )
    return Change("stream.shards", label, str(was), str(now), Verb.UPDATE, words)


def _retention(was: StreamSpec, now: StreamSpec) -> str:
    if now.retention_hours < was.retention_hours:
        return f"Records older than {now.retention_hours} hours are lost at once, and AWS cannot bring them back."
    return "Records that are there stay readable longer. Above 24 hours costs extra."


def _encryption(now: StreamSpec) -> str:
    if now.kms_key == "none":
        return "Records written from now on lie unencrypted on AWS’s disks; older ones stay encrypted."
    also = " The producer’s policy and Firehose’s role get the right to use the key." if now.customer_key_arn else ""
    return f"Records written from now on are encrypted with it; older ones stay as they are.{also}"


def _key(stream: StreamSpec) -> str:
    return {"none": "none", "aws": "AWS-managed key"}.get(stream.kms_key, stream.kms_key)


def _on(value: bool) -> str:
    return "on" if value else "off"


def _delivery(was: S3Delivery | None, now: S3Delivery | None) -> Iterator[Change]:
    if was is None and now is not None:
        words = f"Makes Firehose {now.name} with its role and log group{_bucket_too(now)}. It delivers from now on."
        yield Change("delivery", "Delivery", "none", f"S3 bucket {now.bucket}", Verb.CREATE, words)
    elif was is not None and now is None:
        words = (
            f"Deletes Firehose {was.name}, its role and its log group. The bucket is kept if it holds objects"
            f"{' or was there before' if not was.new_bucket else ''}; the stream and the key stay."
        )
        yield Change("delivery", "Delivery", f"S3 bucket {was.bucket}", "none", Verb.REMOVE, words)
    elif was is not None and now is not None:
        yield from _replaced(was, now)
        yield from _updated(was, now)


def _replaced(was: S3Delivery, now: S3Delivery) -> Iterator[Change]:
    if was.name != now.name:
        words = "Makes the new Firehose stream first, then deletes the old one: for a moment both deliver."
        yield Change("delivery.name", "Firehose stream", was.name, now.name, Verb.REPLACE, words)
    if was.bucket != now.bucket:
        words = f"Files go to the new bucket from now on{_bucket_too(now)}. The old one is kept if it holds objects."
        yield Change("delivery.bucket", "Bucket", was.bucket, now.bucket, Verb.REPLACE, words)
    elif was.new_bucket != now.new_bucket:
        whose = {True: "made by Sluice", False: "yours"}
        words = "Whose bucket it is cannot be changed. Choose another bucket, or leave this as it was."
        yield Change("delivery.new_bucket", "Bucket", whose[was.new_bucket], whose[now.new_bucket], Verb.REFUSE, words)


_UPDATED = (
    ("prefix", "Prefix of the files", "New files only; what is delivered stays where it is. The role follows."),
    ("error_prefix", "Prefix of errors", "New files only. The role follows."),
    ("buffering_seconds", "Write a file every", "In seconds. Takes effect within a minute."),
    ("buffering_mb", "or as soon as it holds", "In MB. Takes effect within a minute."),
    ("compression", "Compression", "New files only; your readers meet both forms."),
)


def _updated(was: S3Delivery, now: S3Delivery) -> Iterator[Change]:
    for field, label, words in _UPDATED:
        old, new = str(getattr(was, field)), str(getattr(now, field))
        if old != new:
            yield Change(f"delivery.{field}", label, old or "none", new or "none", Verb.UPDATE, words)


def _bucket_too(delivery: S3Delivery) -> str:
    return f", and bucket {delivery.bucket}" if delivery.new_bucket else ""
