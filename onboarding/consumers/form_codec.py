"""A consumer's role as it is typed in the wizard, and back: the fields of its form are text."""

import re
from collections.abc import Mapping
from typing import Any

from onboarding.consumers.role import LEAST_SECONDS, ConsumerRole
from portal.numbers import whole

FIELDS = ("name", "principals", "session_seconds", "external_id", "fan_out")
SUGGESTED = {"name": "", "principals": "", "session_seconds": str(LEAST_SECONDS), "external_id": "", "fan_out": ""}
_BETWEEN = re.compile(r"[\s,;]+")


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain JSON of a role from what was typed; a number that is none stays text, for the rules to name."""
    seconds = str(values.get("session_seconds") or LEAST_SECONDS).strip()
    number = whole(seconds)
    optional = {field: str(values.get(field) or "").strip() for field in ("external_id", "fan_out")}
    return {
        "name": str(values.get("name") or "").strip(),
        "principals": [part for part in _BETWEEN.split(str(values.get("principals") or "")) if part],
        "session_seconds": seconds if number is None else number,
        **{field: value for field, value in optional.items() if value},
    }


def typed(role: ConsumerRole) -> dict[str, str]:
    """Return a role as someone would have typed it."""
    return {
        "name": role.name,
        "principals": "\n".join(role.principals),
        "session_seconds": str(role.session_seconds),
        "external_id": role.external_id,
        "fan_out": role.fan_out,
    }
