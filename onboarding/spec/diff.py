"""What a changed declaration does to what is there: create, update, replace, remove, or refuse, field by field.

Pure: two declarations in, a list out. The command line, the review page and the service that starts a run read the
same list, so that what is shown is what is done.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from onboarding.deliveries.delivery import FIELDS, Delivery
from onboarding.deliveries.destination import Field
from onboarding.spec.change import Change, Verb, on_or_off
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_diff import NOTHING_USED, Used, of_stream

__all__ = ["Change", "Used", "Verb", "between"]


def between(
    before: IntegrationSpec, after: IntegrationSpec, *, is_sealed: bool = True, used: Used = NOTHING_USED
) -> list[Change]:
    """Return every field that differs; with `is_sealed` a key has been sealed to the recipients of `before`; `used` is
    what the last 24 hours took of AWS's daily limits."""
    found = [*_fixed(before, after), *of_stream(before.stream, after.stream, used)]
    found += _deliveries(before, after)
    if is_sealed and set(before.recipients) != set(after.recipients):
        words = "The key is already encrypted and its secret is not stored, so its recipients cannot be changed."
        was, becomes = (", ".join(one[-16:] for one in spec.recipients) for spec in (before, after))
        found.append(Change("recipients", "Recipients", was, becomes, Verb.REFUSE, words))
    return found


def _fixed(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    rows = (
        ("connection", "Connection", before.connection, after.connection),
        ("stream.name", "Data stream name", before.stream.name, after.stream.name),
        ("stream.region", "Region", before.stream.region, after.stream.region),
        ("stream.adopt", "Owner of the stream", _whose(before), _whose(after)),
    )
    for path, label, was, now in rows:
        if was != now:
            words = f"This setting is {was} and cannot be changed. Set up another integration for another stream."
            yield Change(path, label, was, now, Verb.REFUSE, words)


def _whose(spec: IntegrationSpec) -> str:
    return f"yours, created at {spec.stream.creation_timestamp}" if spec.stream.adopt else "created by Sluice"


def _deliveries(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    was, now = ({one.name: one for one in spec.deliveries} for spec in (before, after))
    for name, delivery in now.items():
        if name not in was:
            words = (
                f"Creates Firehose {name} with its role and log group{_bucket_too(delivery, before)}. "
                "It delivers new records."
            )
            where = _where(delivery)
            yield Change(f"deliveries.{name}", f"Delivery {name}", "none", where, Verb.CREATE, words)
        else:
            yield from _changed(was[name], delivery, before)
    for name, delivery in was.items():
        if name not in now:
            words = (
                f"Deletes Firehose {name}, its role and its log group{_bucket_stays(delivery, after)}; "
                "the data stream and the access key are kept."
            )
            yield Change(f"deliveries.{name}", f"Delivery {name}", _where(delivery), "none", Verb.REMOVE, words)


def _where(delivery: Delivery) -> str:
    where = delivery.destination.where(delivery)
    return where[:1].upper() + where[1:]


def _bucket_too(delivery: Delivery, before: IntegrationSpec) -> str:
    return f", and bucket {delivery.bucket}" if delivery.new_bucket and delivery.bucket not in before.buckets else ""


def _bucket_stays(delivery: Delivery, after: IntegrationSpec) -> str:
    if delivery.bucket in after.buckets:
        return f". Bucket {delivery.bucket} is kept for another delivery"
    whose = "" if delivery.new_bucket else " or existed before"
    return f". Bucket {delivery.bucket} is kept if it holds objects{whose}"


def _changed(was: Delivery, now: Delivery, before: IntegrationSpec) -> Iterator[Change]:
    at = f"deliveries.{now.name}"
    if was.destination.kind != now.destination.kind:
        words = "The destination type of a Firehose stream cannot be changed. Add a new delivery and remove this one."
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
        words = f"New files go to the new bucket{_bucket_too(now, before)}. The old bucket is kept if it holds objects."
        yield Change(f"{at}.bucket", label, was.bucket, now.bucket, Verb.REPLACE, words)
    elif was.new_bucket != now.new_bucket:
        whose = {True: "created by Sluice", False: "yours"}
        words = "The owner of a bucket cannot be changed. Choose another bucket, or undo this change."
        yield Change(f"{at}.new_bucket", label, whose[was.new_bucket], whose[now.new_bucket], Verb.REFUSE, words)


def _field(path: str, name: str, known: Field, was: Any, now: Any) -> Iterator[Change]:
    if was == now:
        return
    label = f"{name}: {known.label[:1].lower()}{known.label[1:]}"
    if known.is_fixed or (known.is_one_way and now in {None, "failed"}):
        reason = known.words if known.is_fixed else "AWS does not allow turning this off again."
        words = f"{reason} Add a new delivery and remove this one."
        yield Change(path, label, _read(was), _read(now), Verb.REFUSE, words)
    else:
        yield Change(path, label, _read(was), _read(now), Verb.UPDATE, known.words)


def _read(value: Any) -> str:
    """Return a setting as people read it."""
    if value is None or value in ("", ()) or value == {}:
        return "none"
    if isinstance(value, bool):
        return on_or_off(value)
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(f"{key} {_read(one)}" for key, one in asdict(value).items() if one not in (None, "", ()))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_read(one)}" for key, one in value.items())
    return "; ".join(_read(one) for one in value) if isinstance(value, tuple) else str(value)
