"""What one check of a diagnosis found: the result, its cause, the evidence, the fix, and whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.messages.message import Cause, Message, from_json


class Result(models.TextChoices):
    """How a check ended."""

    FINE = "fine", _("Fine")
    PROBLEM = "problem", _("Problem")
    UNKNOWN = "unknown", _("Unknown")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")

    @property
    def look(self) -> str:
        """Return how the result is shown."""
        return {"fine": "healthy", "problem": "failing", "unknown": "unknown"}.get(self.value, "info")


class Turn(models.TextChoices):
    """Who can do something about a cause."""

    CLIENT = "client", _("The client")
    VENDOR = "vendor", _("The vendor")
    OPERATOR = "operator", _("Sluice’s operator")
    AWS = "aws", _("AWS")


class Fix(models.TextChoices):
    """The page on which a cause is fixed, with the label of the link there."""

    CONNECTION = "connection", _("Verify role")
    PERMISSIONS = "permissions", _("View permissions")
    DRIFT = "drift", _("Repair drift")
    ACCESS_KEY = "access_key", _("View access key")
    CAPACITY = "capacity", _("Change capacity")
    EXPECTED_HOURS = "expected_hours", _("Set expected hours")


TURN_OF = {Cause.CLIENT: Turn.CLIENT, Cause.AWS: Turn.AWS, Cause.SLUICE: Turn.OPERATOR, Cause.NETWORK: Turn.OPERATOR}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a result is based on, as seen `at` a time: a sentence, or AWS's own text."""

    text: Message | str
    at: datetime | None = None

    @property
    def is_aws_text(self) -> bool:
        """Return whether it is AWS's own text."""
        return isinstance(self.text, str)

    def as_json(self) -> dict[str, Any]:
        """Return it as a row keeps it."""
        text = self.text.as_json() if isinstance(self.text, Message) else self.text
        return {"text": text, "at": self.at.isoformat() if self.at else None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Evidence:
        """Return what `as_json` gave."""
        text, at = stored["text"], stored["at"]
        return cls(from_json(text) if isinstance(text, dict) else text, datetime.fromisoformat(at) if at else None)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `command` is for the AWS CLI, where the cause is fixed in the client's account alone."""

    result: Result
    cause: Message
    turn: Turn | None = None
    fix: Fix | None = None
    command: str = ""
    evidence: tuple[Evidence, ...] = ()
    check: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as a row keeps it."""
        return {
            "check": self.check,
            "result": str(self.result),
            "cause": self.cause.as_json(),
            "turn": str(self.turn) if self.turn else None,
            "fix": str(self.fix) if self.fix else None,
            "command": self.command,
            "evidence": [evidence.as_json() for evidence in self.evidence],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Finding:
        """Return what `as_json` gave."""
        return cls(
            check=stored["check"],
            result=Result(stored["result"]),
            cause=from_json(stored["cause"]),
            turn=Turn(stored["turn"]) if stored["turn"] else None,
            fix=Fix(stored["fix"]) if stored["fix"] else None,
            command=stored["command"],
            evidence=tuple(map(Evidence.from_json, stored["evidence"])),
        )


def differs(what: Message | None, expected: Message | None, found: Message | None) -> Message:
    """Return a difference from the spec as one sentence."""
    nothing = Message("drift.none")
    return Message("diagnosis.differs", what=what or nothing, expected=expected or nothing, found=found or nothing)


def fine(cause: Message, *evidence: Evidence) -> Finding:
    """Return that nothing is wrong."""
    return Finding(Result.FINE, cause, evidence=evidence)


def not_applicable(cause: Message, *evidence: Evidence) -> Finding:
    """Return that there is nothing to check."""
    return Finding(Result.NOT_APPLICABLE, cause, evidence=evidence)


class NotChecked(Exception):
    """A check that has nothing to check, or nothing to check it with, because of what an earlier check found."""

    def __init__(self, result: Result, cause: Message) -> None:
        super().__init__(cause.code)
        self.finding = Finding(result, cause)
