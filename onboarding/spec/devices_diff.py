"""What a changed declaration does to its devices: the part of diff.py about AWS IoT Core."""

from collections.abc import Iterator

from onboarding.iot.device_source import BY_DEVICE, DeviceSource
from onboarding.spec.change import NONE, Change, Verb, text
from onboarding.spec.integration_spec import IntegrationSpec
from portal.messages.message import Message

_FIXED = ("thing_type", "thing_group")
_LABELS = {
    "thing_type": Message("device_setting.thing_type"),
    "thing_group": Message("device_setting.thing_group"),
    "topic_prefix": Message("device_setting.topic_prefix"),
    "sql": Message("device_setting.sql"),
    "partition_key": Message("device_setting.partition_key"),
    "log_retention": Message("device_setting.log_retention"),
}


def of_devices(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    """Return what is set up, changed and removed of the devices."""
    was, now = before.devices, after.devices
    label = Message("setting.devices")
    if was is None and now is not None:
        yield Change("devices", label, NONE, devices_value(now), Verb.CREATE, Message("change.devices_added"))
    elif was is not None and now is None:
        yield Change("devices", label, devices_value(was), NONE, Verb.REMOVE, Message("change.devices_removed"))
    elif was is not None and now is not None:
        yield from _changed(was, now)


def devices_value(source: DeviceSource) -> Message:
    """Return in a few words which devices a source has."""
    return Message("value.devices", thing_type=source.thing_type, topic_prefix=source.topic_prefix)


def partition_key(source: DeviceSource) -> Message:
    """Return what the partition key of the devices' records is."""
    is_by_device = source.partition_key == BY_DEVICE
    return Message("value.partition_device") if is_by_device else Message("value.partition_even")


def _changed(was: DeviceSource, now: DeviceSource) -> Iterator[Change]:
    for field in _FIXED:
        values = text(getattr(was, field)), text(getattr(now, field))
        if values[0] != values[1]:
            yield Change(f"devices.{field}", _label(field), *values, Verb.REFUSE, Message("change.device_name_fixed"))
    if was.topic_prefix != now.topic_prefix:
        values = text(was.topic_prefix), text(now.topic_prefix)
        effect = Message("change.topic_prefix")
        yield Change("devices.topic_prefix", _label("topic_prefix"), *values, Verb.UPDATE, effect)
    updated = Message("change.rule_updated")
    if was.statement != now.statement and was.topic_prefix == now.topic_prefix:
        values = text(was.statement), text(now.statement)
        yield Change("devices.sql", _label("sql"), *values, Verb.UPDATE, updated)
    if was.partition_key != now.partition_key:
        values = partition_key(was), partition_key(now)
        yield Change("devices.partition_key", _label("partition_key"), *values, Verb.UPDATE, updated)
    if was.log_retention_days != now.log_retention_days:
        values = text(was.log_retention_days), text(now.log_retention_days)
        effect = Message("change.log_retention")
        yield Change("devices.log_retention_days", _label("log_retention"), *values, Verb.UPDATE, effect)


def _label(field: str) -> Message:
    return Message("setting.device_setting", setting=_LABELS[field])
