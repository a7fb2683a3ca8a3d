"""The lines of the permission report, and their count."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.aws.permissions.denials import DenialCause
from portal.messages.message import Message


class Verdict(StrEnum):
    """What AWS decides on one action and resource."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: an action on a resource, its expected and actual verdict, and `how` the verdict is known.

    `detail` is AWS's own text, or the reason why there is no verdict.
    """

    group: Message
    action: str
    resource: str
    should: Verdict
    verdict: Verdict
    how: str
    why: Message | None = None
    cause: DenialCause | None = None
    detail: Message | str = ""
    todo: Message | None = None
    fix: dict[str, Any] | None = None

    @property
    def passed(self) -> bool | None:
        """Return whether the verdict is the expected one; None where there is no verdict."""
        return None if self.verdict is Verdict.UNKNOWN else self.verdict is self.should

    def as_dict(self) -> dict[str, Any]:
        """Return the line's fields as the report names them; messages stay messages."""
        return {
            "group": self.group,
            "action": self.action,
            "resource": self.resource,
            "should_be": str(self.should),
            "verdict": str(self.verdict),
            "passed": self.passed,
            "how": self.how,
            "why": self.why or "",
            "cause": str(self.cause) if self.cause else None,
            "detail": self.detail,
            "what_to_do": self.todo or "",
            "fixing_statement": self.fix,
        }


@dataclass(frozen=True, slots=True)
class PermissionReport:
    """All lines; `is_simulated` says whether IAM simulated them, which also decides on what cannot be tested."""

    lines: tuple[Line, ...]
    is_simulated: bool

    def as_dict(self) -> dict[str, Any]:
        """Return how often checks passed, failed or had no result, and whether IAM simulated them."""
        counts = {"passed": 0, "failed": 0, "unknown": 0}
        for line in self.lines:
            counts[{True: "passed", False: "failed", None: "unknown"}[line.passed]] += 1
        return {"simulated": self.is_simulated, **counts}
