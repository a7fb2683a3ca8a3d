"""When records are expected, and whether a silence is more than the stream's usual pause. Pure.

An hour of the week is *regular* if in the last four weeks no pause in it was longer than an hour; one week may differ,
once three are known. Silence counts in regular hours only. It may last a quarter longer than the longest pause in any
of them. A stream without a regular hour, such as a nightly batch, is judged by its longest pause of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitoring.silence.calendar import Calendar
from monitoring.silence.minutes import Minutes, start_of

LEARNED_WEEKS = 2
SHORTEST_SECONDS = 600
_REGULAR_MINUTES = 60
_ENOUGH_TO_DIFFER = 3
_MARGIN, _MORE_MINUTES = 1.25, 2
_BATCH_MINUTES = 120
_LONGEST_LOOK = timedelta(days=8)
_HOUR, _QUARTER = timedelta(hours=1), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is known of a stream's usual pauses.

    `regular` are hours of the week; in these, silence may last `allowed_seconds`. Without any, it may last so long at
    any time. `usual_pause_seconds` is the longest pause in regular hours. `weeks` is how many whole weeks it was
    learned from, 0 where a person set the hours.
    """

    calendar: Calendar = field(default_factory=Calendar)
    regular: frozenset[int] = frozenset()
    allowed_seconds: int = SHORTEST_SECONDS
    usual_pause_seconds: int = 0
    longest_pause_seconds: int = 0
    weeks: int = 0

    @property
    def allowed_hours(self) -> int:
        """Return how long silence may last, in whole hours."""
        return self.allowed_seconds // 3600

    def overdue_seconds(self, last: datetime, now: datetime) -> float:
        """Return for how long records have been expected since the last: the silence that counts."""
        if not self.regular:
            return (now - last).total_seconds()
        counted, at = timedelta(), max(last, now - _LONGEST_LOOK)
        while at < now:
            # A local hour can begin at any quarter of an hour of UTC.
            until = min(now, at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + _QUARTER)
            if self.calendar.hour_of_week(at) in self.regular:
                counted += until - at
            at = until
        return counted.total_seconds()

    def is_overdue(self, last: datetime, now: datetime) -> bool:
        """Return whether the silence is longer than what is usual."""
        return self.overdue_seconds(last, now) >= self.allowed_seconds


def learned(minutes: Minutes, calendar: Calendar) -> Expectation | None:
    """Return what four weeks tell; None while less than two weeks are known."""
    pauses = minutes.pauses()
    weeks = len(pauses) // (7 * 24)
    if weeks < LEARNED_WEEKS:
        return None
    by_hour: dict[int, list[int]] = defaultdict(list)
    for hour, pause in pauses.items():
        for key in {calendar.hour_of_week(start_of(hour)), calendar.hour_of_week(start_of(hour) + _HOUR * 0.99)}:
            by_hour[key].append(pause)
    regular = frozenset(hour for hour, found in by_hour.items() if _is_regular(found))
    longest = max(pauses.values(), default=0)
    usual = [pause for hour in regular for pause in by_hour[hour] if pause <= _REGULAR_MINUTES]
    allowed = max(usual) * _MARGIN + _MORE_MINUTES if regular else longest * _MARGIN + _BATCH_MINUTES
    pause = max(usual, default=0)
    return Expectation(calendar, regular, max(SHORTEST_SECONDS, int(60 * allowed)), 60 * pause, 60 * longest, weeks)


def chosen(hours: Iterable[int], calendar: Calendar) -> Expectation:
    """Return the expectation that a person set: records in these hours of the week, at least every ten minutes."""
    return Expectation(calendar, frozenset(hours))


def _is_regular(pauses: list[int]) -> bool:
    differing = sum(1 for pause in pauses if pause > _REGULAR_MINUTES)
    return len(pauses) >= LEARNED_WEEKS and differing <= (1 if len(pauses) >= _ENOUGH_TO_DIFFER else 0)
