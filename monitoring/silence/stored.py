"""Expected hours as a row keeps them. Pure: the row is given as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from monitoring.silence.calendar import Calendar
from monitoring.silence.expectation import Expectation, chosen, learned
from monitoring.silence.minutes import Minutes

Source = Literal["learned", "set", "off"]


@dataclass(frozen=True, slots=True)
class Expected:
    """Where the expected hours of a stream come from, and what is known; nothing while they are still being learned."""

    source: Source = "learned"
    expectation: Expectation | None = None
    end_hour: int = 0


def expected_of(source: Source, calendar: Calendar, hours: list[int], stored: Mapping[str, Any]) -> Expectation | None:
    """Return what a row says. What was learned for another calendar counts as not learned yet."""
    if source == "set":
        return chosen(hours, calendar)
    if source == "off" or stored.get("calendar") != [calendar.zone, calendar.country]:
        return None
    found = stored.get("expectation")
    if found is None:
        return None
    return Expectation(calendar, frozenset(found["regular"]), *(found[name] for name in _NUMBERS))


def as_json(minutes: Minutes, calendar: Calendar) -> dict[str, Any]:
    """Return what the minutes tell, as a row keeps it."""
    found = learned(minutes, calendar)
    numbers = {} if found is None else {name: getattr(found, name) for name in _NUMBERS}
    return {
        "calendar": [calendar.zone, calendar.country],
        "expectation": None if found is None else {"regular": sorted(found.regular), **numbers},
        "known_hours": len(minutes.pauses()),
    }


_NUMBERS = ("allowed_seconds", "usual_pause_seconds", "longest_pause_seconds", "weeks")
