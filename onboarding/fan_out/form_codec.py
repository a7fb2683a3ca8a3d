"""A registered consumer as it is typed in the wizard, and back: the fields of its form are text."""

from collections.abc import Mapping
from typing import Any

from onboarding.fan_out.consumer import FanOutConsumer

FIELDS = ("name",)
SUGGESTED = dict.fromkeys(FIELDS, "")


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain JSON of a consumer from what was typed."""
    return {field: str(values.get(field) or "").strip() for field in FIELDS}


def typed(consumer: FanOutConsumer) -> dict[str, str]:
    """Return a consumer as someone would have typed it."""
    return {"name": consumer.name}
