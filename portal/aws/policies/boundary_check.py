"""Whether a role's policy stays within a permissions boundary, decided from the two documents alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_NARROWING = {"StringEquals", "StringLike", "ArnEquals", "ArnLike"}


@dataclass(frozen=True, slots=True)
class OutsideBoundary:
    """An action on a resource that a role's policy allows and its boundary does not."""

    action: str
    resource: str
    condition: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def statement(self) -> dict[str, Any]:
        """Return it as a statement."""
        condition = {"Condition": dict(self.condition)} if self.condition else {}
        return {"Effect": "Allow", "Action": self.action, "Resource": self.resource, **condition}


def outside_boundary(policy: Mapping[str, Any], boundary: Mapping[str, Any]) -> list[OutsideBoundary]:
    """Return what a policy allows outside a boundary, in the policy's order; [] where all of it is within.

    Sound rather than complete: a permission that only two statements of the boundary together cover counts as outside.
    """
    return list(_outside_boundary(policy, boundary))


def _outside_boundary(policy: Mapping[str, Any], boundary: Mapping[str, Any]) -> Iterator[OutsideBoundary]:
    limits = [statement for statement in boundary["Statement"] if statement["Effect"] == "Allow"]
    for statement in policy["Statement"]:
        if statement["Effect"] != "Allow":
            continue
        condition = statement.get("Condition", {})
        for action in _many(statement["Action"]):
            for resource in _many(statement["Resource"]):
                if not any(_covers(limit, action, resource, condition) for limit in limits):
                    yield OutsideBoundary(action, resource, condition)


def _covers(limit: Mapping[str, Any], action: str, resource: str, condition: Mapping[str, Any]) -> bool:
    return (
        any(_matches(pattern.lower(), action.lower()) for pattern in _many(limit["Action"]))
        and any(_matches(pattern, resource) for pattern in _many(limit["Resource"]))
        and _implies(condition, limit.get("Condition", {}))
    )


def _implies(condition: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether every request that meets `condition` meets `wanted`: each key's values are among those wanted."""
    held = {
        key.lower(): _many(value)
        for operator, keys in condition.items()
        if operator in _NARROWING
        for key, value in keys.items()
    }
    return all(
        key.lower() in held
        and all(any(_matches(pattern, had) for pattern in _many(value)) for had in held[key.lower()])
        for keys in wanted.values()
        for key, value in keys.items()
    )


def _matches_any(patterns: Any, text: str) -> bool:
    return any(_matches(pattern, text) for pattern in _many(patterns))


def _matches(pattern: str, text: str) -> bool:
    # A “*” in the text counts as a letter: it matches only where the pattern has a “*” too, and so is within it.
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), text, re.DOTALL) is not None


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
