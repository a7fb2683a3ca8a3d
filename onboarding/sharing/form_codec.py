"""A share as it is typed in the wizard, and back: the fields of its form are text."""

from collections.abc import Mapping
from typing import Any

from onboarding.sharing.share import Share

FIELDS = ("label", "principal", "fan_out")
SUGGESTED = dict.fromkeys(FIELDS, "")


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain JSON of a share from what was typed."""
    found = {field: str(values.get(field) or "").strip() for field in FIELDS}
    return found if found["fan_out"] else {field: found[field] for field in ("label", "principal")}


def typed(share: Share) -> dict[str, str]:
    """Return a share as someone would have typed it."""
    return {"label": share.label, "principal": share.principal, "fan_out": share.fan_out}
