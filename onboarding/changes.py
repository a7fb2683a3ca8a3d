"""What a changed declaration does to what is there: create, update, replace, remove, or refuse, field by field.

Pure: two declarations in, a list out. The command line, the review page and the service that starts a run read the
same list, so that what is shown is what is done.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from enum import StrEnum
from typing import Any

from onboarding.deliveries import Delivery
from onboarding.deliveries.delivery import FIELDS
from onboarding.deliveries.destination import Field
from onboarding.spec import IntegrationSpec, StreamSpec
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
    found += _deliveries(before, after)
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


def _deliveries(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    was, now = ({one.name: one for one in spec.deliveries} for spec in (before, after))
    for name, delivery in now.items():
        if name not in was:
            words = (
                f"Makes Firehose {name} with its role and log group{_bucket_too(delivery, before)}. "
                "It delivers from now on."
            )
            where = _where(delivery)
            yield Change(f"deliveries.{name}", f"Delivery {name}", "none", where, Verb.CREATE, words)
        else:
            yield from _changed(was[name], delivery, before)
    for name, delivery in was.items():
        if name not in now:
            words = (
                f"Deletes Firehose {name}, its role and its log group{_bucket_stays(delivery, after)}; "
                "the stream and the key stay."
            )
            yield Change(f"deliveries.{name}", f"Delivery {name}", _where(delivery), "none", Verb.REMOVE, words)


def _where(delivery: Delivery) -> str:
    where = delivery.destination.where(delivery)
    return where[:1].upper() + where[1:]


def _bucket_too(delivery: Delivery, before: IntegrationSpec) -> str:
    return f", and bucket {delivery.bucket}" if delivery.new_bucket and delivery.bucket not in before.buckets else ""


def _bucket_stays(delivery: Delivery, after: IntegrationSpec) -> str:
    if delivery.bucket in after.buckets:
        return f". Bucket {delivery.bucket} stays for another delivery"
    whose = "" if delivery.new_bucket else " or was there before"
    return f". Bucket {delivery.bucket} is kept if it holds objects{whose}"


def _changed(was: Delivery, now: Delivery, before: IntegrationSpec) -> Iterator[Change]:
    at = f"deliveries.{now.name}"
    if was.destination.kind != now.destination.kind:
        words = (
            "One Firehose stream keeps its kind of destination. Add a delivery of another name, and remove this one."
        )
        kinds = was.destination.TITLE, now.destination.TITLE
        yield Change(f"{at}.destination.kind", f"{now.name}: destination", *kinds, Verb.REFUSE, words)
        return
    yield from _bucket(was, now, before)
    for field, known in FIELDS.items():
        yield from _field(f"{at}.{field}", now.name, known, getattr(was, field), getattr(now, field))
    for field, known in now.destination.FIELDS.items():
        old, new = getattr(was.destination, field), getattr(now.destination, field)
        yield from _field(f"{at}.destination.{field}", now.name, known, old, new)


def _bucket(was: Delivery, now: Delivery, before: IntegrationSpec) -> Iterator[Change]:
    at, label = f"deliveries.{now.name}", f"{now.name}: bucket"
    if was.bucket != now.bucket:
        words = (
            f"Files go to the new bucket from now on{_bucket_too(now, before)}. The old one stays if it holds objects."
        )
        yield Change(f"{at}.bucket", label, was.bucket, now.bucket, Verb.REPLACE, words)
    elif was.new_bucket != now.new_bucket:
        whose = {True: "made by Sluice", False: "yours"}
        words = "Whose bucket it is cannot be changed. Choose another bucket, or leave this as it was."
        yield Change(f"{at}.new_bucket", label, whose[was.new_bucket], whose[now.new_bucket], Verb.REFUSE, words)


def _field(path: str, name: str, known: Field, was: Any, now: Any) -> Iterator[Change]:
    if was == now:
        return
    label = f"{name}: {known.label[:1].lower()}{known.label[1:]}"
    if known.is_fixed or (known.is_one_way and now in {None, "failed"}):
        reason = known.words if known.is_fixed else "AWS lets this be switched on, and not off again."
        words = f"{reason} Add a delivery of another name, and remove this one."
        yield Change(path, label, _read(was), _read(now), Verb.REFUSE, words)
    else:
        yield Change(path, label, _read(was), _read(now), Verb.UPDATE, known.words)


def _read(value: Any) -> str:
    """Return a setting as people read it."""
    if value is None or value in ("", ()) or value == {}:
        return "none"
    if isinstance(value, bool):
        return _on(value)
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(f"{key} {_read(one)}" for key, one in asdict(value).items() if one not in (None, "", ()))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_read(one)}" for key, one in value.items())
    return "; ".join(_read(one) for one in value) if isinstance(value, tuple) else str(value)
