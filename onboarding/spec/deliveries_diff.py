"""What a changed declaration does to its deliveries: the part of diff.py about Firehose streams and their buckets."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from functools import reduce
from typing import Any

from onboarding.deliveries.delivery import FIELDS, Delivery
from onboarding.deliveries.destination import Field
from onboarding.spec.change import NONE, Change, Verb, joined, on_or_off, text
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
            yield _whole(delivery, NONE, delivery.destination.description(delivery), Verb.CREATE, effect)
    for name, delivery in was.items():
        if name not in now:
            effect = joined(Message("change.delivery_removed", name=name), _kept_bucket(delivery, after))
            yield _whole(delivery, delivery.destination.description(delivery), NONE, Verb.REMOVE, effect)


def _whole(delivery: Delivery, was: Message, becomes: Message, verb: Verb, effect: Message) -> Change:
    label = Message("setting.delivery", name=delivery.name)
    return Change(f"deliveries.{delivery.name}", label, was, becomes, verb, effect)


def _label(delivery_name: str, setting: Message) -> Message:
    return Message("setting.of_delivery", delivery=delivery_name, setting=setting)


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
        label = _label(now.name, Message("delivery_setting.destination"))
        titles, refusal = (
            (text(was.destination.TITLE), text(now.destination.TITLE)),
            Message("change.destination_fixed"),
        )
        yield Change(f"{path}.destination.kind", label, *titles, Verb.REFUSE, refusal)
        return
    yield from _bucket(was, now, before)
    for name, field in FIELDS.items():
        yield from _field(f"{path}.{name}", now.name, field, getattr(was, name), getattr(now, name))
    for name, field in now.destination.FIELDS.items():
        old, new = getattr(was.destination, name), getattr(now.destination, name)
        yield from _field(f"{path}.destination.{name}", now.name, field, old, new)


def _bucket(was: Delivery, now: Delivery, before: IntegrationSpec) -> Iterator[Change]:
    path, label = f"deliveries.{now.name}", _label(now.name, Message("delivery_setting.bucket"))
    if was.bucket != now.bucket:
        effect = joined(Message("change.bucket"), *_new_bucket(now, before))
        yield Change(f"{path}.bucket", label, text(was.bucket), text(now.bucket), Verb.REPLACE, effect)
    elif was.new_bucket != now.new_bucket:
        owners = {True: Message("value.created_by_sluice"), False: Message("value.yours")}
        values = owners[was.new_bucket], owners[now.new_bucket]
        yield Change(f"{path}.new_bucket", label, *values, Verb.REFUSE, Message("change.bucket_owner_fixed"))


def _field(path: str, delivery_name: str, field: Field, was: Any, now: Any) -> Iterator[Change]:
    if was == now:
        return
    label, values = _label(delivery_name, field.label), (_named_value(field, was), _named_value(field, now))
    if field.is_fixed:
        refusal = joined(field.effect, Message("change.add_another_delivery"))
        yield Change(path, label, *values, Verb.REFUSE, refusal)
    elif field.is_one_way and now in {None, "failed"}:
        refusal = joined(Message("change.cannot_be_turned_off"), Message("change.add_another_delivery"))
        yield Change(path, label, *values, Verb.REFUSE, refusal)
    else:
        yield Change(path, label, *values, Verb.UPDATE, field.effect)


def _named_value(field: Field, value: Any) -> Message:
    return field.names[value] if field.names and value in field.names else _value(value)


def _value(value: Any) -> Message:
    if value is None or value in ("", ()) or value == {}:
        return NONE
    if isinstance(value, bool):
        return on_or_off(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _named({key: part for key, part in asdict(value).items() if part not in (None, "", ())})
    if isinstance(value, Mapping):
        return _named(value)
    if isinstance(value, tuple):
        return reduce(_two, map(_value, value))
    return text(value)


def _named(parts: Mapping[str, Any]) -> Message:
    items = [Message("value.named", name=key, value=_value(part)) for key, part in parts.items()]
    return Message("value.list", items=items)


def _two(first: Message, second: Message) -> Message:
    return Message("value.two", first=first, second=second)
