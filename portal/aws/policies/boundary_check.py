"""Whether a role's policy stays within a permissions boundary, decided from the two documents alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.aws.policies.statements import statements_of

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

    Both may be documents that someone wrote by hand. Sound rather than complete: a permission that only two statements
    of the boundary together cover counts as outside, as does one of which a Deny without conditions may deny a part.
    """
    return list(_outside_boundary(policy, boundary))


def _outside_boundary(policy: Mapping[str, Any], boundary: Mapping[str, Any]) -> Iterator[OutsideBoundary]:
    limits = statements_of(boundary)
    allowing = [limit for limit in limits if limit["Effect"] == "Allow"]
    denying = [limit for limit in limits if limit["Effect"] == "Deny" and not limit.get("Condition")]
    for statement in statements_of(policy):
        if statement["Effect"] != "Allow":
            continue
        condition = statement.get("Condition", {})
        # NotAction and NotResource allow almost anything.
        for action in _many(statement.get("Action", "*")):
            for resource in _many(statement.get("Resource", "*")):
                is_allowed = any(_covers(limit, action, resource, condition) for limit in allowing)
                if not is_allowed or any(_may_deny(limit, action, resource) for limit in denying):
                    yield OutsideBoundary(action, resource, condition)


def _covers(limit: Mapping[str, Any], action: str, resource: str, condition: Mapping[str, Any]) -> bool:
    return (
        any(_matches(pattern.lower(), action.lower()) for pattern in _many(limit.get("Action", ())))
        and any(_matches(pattern, resource) for pattern in _many(limit.get("Resource", ())))
        and _implies(condition, limit.get("Condition", {}))
    )


def _may_deny(limit: Mapping[str, Any], action: str, resource: str) -> bool:
    return any(_may_meet(pattern.lower(), action.lower()) for pattern in _many(limit.get("Action", "*"))) and any(
        _may_meet(pattern, resource) for pattern in _many(limit.get("Resource", "*"))
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
        condition.get(operator, {}).get(key) == value or _are_among(held.get(key.lower(), []), operator, value)
        for operator, keys in wanted.items()
        for key, value in keys.items()
    )


def _are_among(held: list[str], operator: str, wanted: Any) -> bool:
    if operator not in _NARROWING or not held:
        return False
    if operator == "StringEquals":  # "*" is a letter in what is wanted, and may be any text in what is held
        return all(had in _many(wanted) and "*" not in had and "?" not in had for had in held)
    return all(any(_matches(pattern, had) for pattern in _many(wanted)) for had in held)


def _may_meet(first: str, second: str) -> bool:
    """Return whether a text could match both patterns: judged by what precedes the first “*” and follows the last."""
    first, second = first.replace("?", "*"), second.replace("?", "*")
    if "*" not in first or "*" not in second:
        return _matches(first, second) or _matches(second, first)
    (head, *_, tail), (other_head, *_, other_tail) = first.split("*"), second.split("*")
    return (head.startswith(other_head) or other_head.startswith(head)) and (
        tail.endswith(other_tail) or other_tail.endswith(tail)
    )


def _matches(pattern: str, text: str) -> bool:
    # A “*” in the text counts as a letter: it matches only where the pattern has a “*” too, and so is within it.
    # Without a regular expression, which a policy with many “*” would keep busy for hours.
    head, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, tail = rest
    place, end = len(head), len(text) - len(tail)
    if place > end or not (text.startswith(head) and text.endswith(tail)):
        return False
    for part in middle:
        if (found := text.find(part, place, end)) < 0:
            return False
        place = found + len(part)
    return True


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
