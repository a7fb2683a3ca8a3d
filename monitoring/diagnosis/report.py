"""The results of a diagnosis, as a row keeps them, and the first cause among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitoring.diagnosis.finding import Finding, Result
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Report:
    """What a diagnosis found, check by check, who requested it, and when it began and ended."""

    began_at: datetime
    finished_at: datetime
    requested_by: str
    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding | None:
        """Return the first cause: the first problem, or what is unknown first if there is none."""
        by_result = {result: [row for row in self.findings if row.result == result] for result in Result}
        return next(iter([*by_result[Result.PROBLEM], *by_result[Result.UNKNOWN]]), None)

    @property
    def has_problem(self) -> bool:
        """Return whether a check found a problem."""
        return any(finding.result == Result.PROBLEM for finding in self.findings)

    @property
    def summary(self) -> Message:
        """Return the answer to "why no data?" as one sentence."""
        first = self.first
        if first is None:
            return Message("diagnosis.nothing_found")
        if self.has_problem:
            return Message("diagnosis.first_cause", cause=first.cause)
        return Message("diagnosis.not_all_checked", cause=first.cause)

    def as_json(self) -> dict[str, Any]:
        """Return it as a row keeps it."""
        return {
            "began_at": self.began_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
            "requested_by": self.requested_by,
            "findings": [finding.as_json() for finding in self.findings],
        }


def report_of(stored: Mapping[str, Any]) -> Report | None:
    """Return the report that `as_json` gave; None before the first diagnosis."""
    if not stored:
        return None
    return Report(
        datetime.fromisoformat(stored["began_at"]),
        datetime.fromisoformat(stored["finished_at"]),
        stored["requested_by"],
        tuple(Finding.from_json(finding) for finding in stored["findings"]),
    )
