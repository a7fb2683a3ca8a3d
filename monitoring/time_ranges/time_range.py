"""The time ranges that can be chosen, and with which period CloudWatch is read for each. Pure.

CloudWatch keeps points of a minute for 15 days, of five minutes for 63 days, and of an hour for 455 days.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from portal.messages.message import Message

NAMED = {
    "15m": (timedelta(minutes=15), _("15 minutes")),
    "1h": (timedelta(hours=1), _("1 hour")),
    "3h": (timedelta(hours=3), _("3 hours")),
    "24h": (timedelta(hours=24), _("24 hours")),
    "7d": (timedelta(days=7), _("7 days")),
}
USUAL = "24h"
CUSTOM = "custom"
_LEAST = timedelta(microseconds=1)
SHORTEST, LONGEST, OLDEST = timedelta(minutes=5), timedelta(days=31), timedelta(days=455)
# A drawing is some 550 points wide; more values would lie on each other.
MOST_POINTS = 400
PERIOD_LABELS = {60: _("minute"), 300: _("5 minutes"), 900: _("15 minutes"), 3600: _("hour"), 21_600: _("6 hours")}
_KEPT = ((timedelta(days=15), 60), (timedelta(days=63), 300), (OLDEST, 3600))


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A range from `start` to before `end`, both whole multiples of `period` (seconds), in UTC."""

    start: datetime
    end: datetime
    period: int

    @property
    def is_long(self) -> bool:
        """Return whether times of it need a date."""
        return self.end - self.start > timedelta(hours=24)

    @property
    def name(self) -> str:
        """Return a short name of exactly this range, for keys."""
        return f"{self.start.timestamp():.0f}-{self.end.timestamp():.0f}-{self.period}"

    @classmethod
    def of_name(cls, name: str) -> TimeRange:
        """Return the range that `name` describes."""
        start, end, period = (int(part) for part in name.split("-"))
        return cls(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), period)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose: the name, what was typed, and the range; or why there is none, by field."""

    name: str
    typed_start: str = ""
    typed_end: str = ""
    range: TimeRange | None = None
    problems: tuple[tuple[str, Message], ...] = ()


def chosen(query: Mapping[str, str], *, now: datetime) -> Chosen:
    """Return the range that the query of an address names: ?range=7d, or ?from=2026-11-28T06:00&to=2026-11-28T18:00.

    `now` is the newest moment of which CloudWatch has metrics. Without a range, or with one that is unknown, it is the
    usual one.
    """
    typed_start, typed_end = query.get("from", "")[:40].strip(), query.get("to", "")[:40].strip()
    if not typed_start and not typed_end:
        name = query.get("range", "")
        name = name if name in NAMED else USUAL
        return Chosen(name, range=_range(now - NAMED[name][0], now, now))
    start, end = _moment(typed_start), _moment(typed_end)
    problems = _problems(start, end, now)
    if problems or start is None or end is None:
        return Chosen(CUSTOM, typed_start, typed_end, None, tuple(problems.items()))
    return Chosen(CUSTOM, typed_start, typed_end, _range(start, min(end, now), now))


def _problems(start: datetime | None, end: datetime | None, now: datetime) -> dict[str, Message]:
    found = {field: Message("range.not_a_time") for field, moment in (("from", start), ("to", end)) if moment is None}
    if start is None or end is None:
        return found
    if start < now - OLDEST:
        found["from"] = Message("range.too_old", days=OLDEST.days)
    elif start >= now:
        found["from"] = Message("range.in_the_future")
    if min(end, now) - start < SHORTEST and "from" not in found:
        found["to"] = Message("range.too_short", minutes=int(SHORTEST.total_seconds() // 60))
    elif end - start > LONGEST:
        found["to"] = Message("range.too_long", days=LONGEST.days)
    return found


def _moment(typed: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:  # year 1 or 9999, moved by its zone
        return None


def _range(start: datetime, end: datetime, now: datetime) -> TimeRange:
    kept = next(period for age, period in _KEPT if now - start <= age)
    length = (end - start).total_seconds()
    period = next(each for each in PERIOD_LABELS if each >= kept and length / each <= MOST_POINTS)
    return TimeRange(_floor(start, period), _floor(end + timedelta(seconds=period) - _LEAST, period), period)


def _floor(moment: datetime, period: int) -> datetime:
    return datetime.fromtimestamp(int(moment.timestamp()) // period * period, UTC)
