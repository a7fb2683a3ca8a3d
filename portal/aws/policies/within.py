"""Whether a role's rights stay inside a permissions boundary, told from the two documents alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_NARROWING = {"StringEquals", "StringLike", "ArnEquals", "ArnLike"}


@dataclass(frozen=True, slots=True)
class Beyond:
    """An action on a resource that a role would be given, and that the boundary does not let it have."""

    action: str
    resource: str
    condition: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def statement(self) -> dict[str, Any]:
        """Return it as a statement of its own."""
        condition = {"Condition": dict(self.condition)} if self.condition else {}
        return {"Effect": "Allow", "Action": self.action, "Resource": self.resource, **condition}


def beyond(rights: Mapping[str, Any], boundary: Mapping[str, Any]) -> list[Beyond]:
    """Return what a policy allows beyond a boundary, in the policy's order; [] when all of it is inside.

    Sound rather than complete: a right that two statements of the boundary cover only together counts as beyond it.
    """
    return list(_beyond(rights, boundary))


def _beyond(rights: Mapping[str, Any], boundary: Mapping[str, Any]) -> Iterator[Beyond]:
    limits = [one for one in boundary["Statement"] if one["Effect"] == "Allow"]
    for right in rights["Statement"]:
        if right["Effect"] != "Allow":
            continue
        condition = right.get("Condition", {})
        for action in _many(right["Action"]):
            for resource in _many(right["Resource"]):
                if not any(_covers(limit, action, resource, condition) for limit in limits):
                    yield Beyond(action, resource, condition)


def _covers(limit: Mapping[str, Any], action: str, resource: str, condition: Mapping[str, Any]) -> bool:
    return (
        any(_fits(one.lower(), action.lower()) for one in _many(limit["Action"]))
        and any(_fits(one, resource) for one in _many(limit["Resource"]))
        and _implies(condition, limit.get("Condition", {}))
    )


def _implies(condition: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Tell whether whatever meets the one condition meets the other: every value of each key is among those wanted."""
    held = {
        key.lower(): _many(value)
        for operator, keys in condition.items()
        if operator in _NARROWING
        for key, value in keys.items()
    }
    return all(
        key.lower() in held and all(any(_fits(one, had) for one in _many(value)) for had in held[key.lower()])
        for keys in wanted.values()
        for key, value in keys.items()
    )


def _fits(pattern: str, text: str) -> bool:
    # A “*” in the text is taken as a letter: it fits only where the pattern has a “*” too, which is what inside means.
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), text, re.DOTALL) is not None


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
