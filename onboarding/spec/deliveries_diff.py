"""What a changed declaration does to its deliveries: the part of diff.py about Firehose streams and their buckets."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from onboarding.deliveries.delivery import FIELDS, Delivery
from onboarding.deliveries.destination import Field
from onboarding.spec.change import Change, Verb, joined, on_or_off
from onboarding.spec.integration_spec import IntegrationSpec
from portal.messages.message import Message


def of_deliveries(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    """Return what is created, changed and removed of the deliveries."""
    was, now = ({delivery.name: delivery for delivery in spec.deliveries} for spec in (before, after))
    for name, delivery in now.items():
        if name in was:
            yield from _changed(was[name], delivery, before)
        else:
            effect = joined(Message("change.delivery_created", name=name), *_new_bucket(delivery, before))
            yield _whole(delivery, "none", _described(delivery), Verb.CREATE, effect)
    for name, delivery in was.items():
        if name not in now:
            effect = joined(Message("change.delivery_removed", name=name), _kept_bucket(delivery, after))
            yield _whole(delivery, _described(delivery), "none", Verb.REMOVE, effect)


def _whole(delivery: Delivery, was: str, becomes: str, verb: Verb, effect: Message) -> Change:
    return Change(f"deliveries.{delivery.name}", f"Delivery {delivery.name}", was, becomes, verb, effect)


def _described(delivery: Delivery) -> str:
    description = delivery.destination.description(delivery)
    return description[:1].upper() + description[1:]


def _new_bucket(delivery: Delivery, before: IntegrationSpec) -> list[Message]:
    is_new = delivery.new_bucket and delivery.bucket not in before.buckets
    return [Message("change.bucket_created", bucket=delivery.bucket)] if is_new else []


def _kept_bucket(delivery: Delivery, after: IntegrationSpec) -> Message:
    if delivery.bucket in after.buckets:
        return Message("change.bucket_used_elsewhere", bucket=delivery.bucket)
    if delivery.new_bucket:
        return Message("change.bucket_kept_with_objects", bucket=delivery.bucket)
    return Message("change.bucket_kept", bucket=delivery.bucket)


def _changed(was: Delivery, now: Delivery, before: IntegrationSpec) -> Iterator[Change]:
    path = f"deliveries.{now.name}"
    if was.destination.kind != now.destination.kind:
        titles = was.destination.TITLE, now.destination.TITLE
        refusal = Message("change.destination_fixed")
        yield Change(f"{path}.destination.kind", f"{now.name}: destination", *titles, Verb.REFUSE, refusal)
        return
    yield from _bucket(was, now, before)
    for name, field in FIELDS.items():
        yield from _field(f"{path}.{name}", now.name, field, getattr(was, name), getattr(now, name))
    for name, field in now.destination.FIELDS.items():
        old, new = getattr(was.destination, name), getattr(now.destination, name)
        yield from _field(f"{path}.destination.{name}", now.name, field, old, new)


def _bucket(was: Delivery, now: Delivery, before: IntegrationSpec) -> Iterator[Change]:
    path, label = f"deliveries.{now.name}", f"{now.name}: bucket"
    if was.bucket != now.bucket:
        effect = joined(Message("change.bucket"), *_new_bucket(now, before))
        yield Change(f"{path}.bucket", label, was.bucket, now.bucket, Verb.REPLACE, effect)
    elif was.new_bucket != now.new_bucket:
        owners = {True: "created by Sluice", False: "yours"}
        values = owners[was.new_bucket], owners[now.new_bucket]
        yield Change(f"{path}.new_bucket", label, *values, Verb.REFUSE, Message("change.bucket_owner_fixed"))


def _field(path: str, delivery_name: str, field: Field, was: Any, now: Any) -> Iterator[Change]:
    if was == now:
        return
    label, values = f"{delivery_name}: {field.label[:1].lower()}{field.label[1:]}", (_text(was), _text(now))
    if field.is_fixed:
        refusal = joined(field.effect, Message("change.add_another_delivery"))
        yield Change(path, label, *values, Verb.REFUSE, refusal)
    elif field.is_one_way and now in {None, "failed"}:
        refusal = joined(Message("change.cannot_be_turned_off"), Message("change.add_another_delivery"))
        yield Change(path, label, *values, Verb.REFUSE, refusal)
    else:
        yield Change(path, label, *values, Verb.UPDATE, field.effect)


def _text(value: Any) -> str:
    """Return a setting as people read it."""
    if value is None or value in ("", ()) or value == {}:
        return "none"
    if isinstance(value, bool):
        return on_or_off(value)
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(f"{key} {_text(part)}" for key, part in asdict(value).items() if part not in (None, "", ()))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(part)}" for key, part in value.items())
    return "; ".join(_text(part) for part in value) if isinstance(value, tuple) else str(value)
