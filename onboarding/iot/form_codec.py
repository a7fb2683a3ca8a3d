"""Devices as they are typed in the wizard, and back: the fields of their form are text."""

from collections.abc import Mapping
from typing import Any

from onboarding.iot.device_source import DEFAULT_LOG_DAYS, EVEN, DeviceSource
from portal.numbers import whole

FIELDS = ("thing_type", "thing_group", "topic_prefix", "sql", "partition_key", "log_retention_days")
SUGGESTED = {
    **dict.fromkeys(FIELDS, ""),
    "partition_key": EVEN,
    "log_retention_days": str(DEFAULT_LOG_DAYS),
}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain JSON of devices from what was typed; a number that is none stays as it is."""
    typed_in = {field: str(values.get(field) or SUGGESTED[field]).strip() for field in FIELDS}
    days = whole(typed_in["log_retention_days"])
    return {**typed_in, "log_retention_days": typed_in["log_retention_days"] if days is None else days}


def typed(source: DeviceSource) -> dict[str, str]:
    """Return devices as someone would have typed them."""
    return {field: str(getattr(source, field)) for field in FIELDS}
