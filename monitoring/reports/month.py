"""A calendar month in a time zone. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.messages.errors import field_error
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its first day, and the zone in which it begins and ends."""

    first: date
    zone: str

    @property
    def start(self) -> datetime:
        """Return when it begins, in UTC."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """Return when the next one begins, in UTC."""
        return _midnight((self.first + timedelta(days=31)).replace(day=1), self.zone)

    @property
    def seconds(self) -> float:
        """Return how long it is; a change of the clock within it counts."""
        return (self.end - self.start).total_seconds()


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def last_month(now: datetime, zone: str) -> Month:
    """Return the newest month that is over in a zone."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Month((today.replace(day=1) - timedelta(days=1)).replace(day=1), zone)


def named_month(text: str, zone: str) -> Month:
    """Return the month that a text such as 2026-11 is. Raises ValidationError at `month`."""
    try:
        if len(text) != len("2026-11"):
            raise ValueError
        month = Month(date.fromisoformat(f"{text}-01"), zone)
        _ = (month.start, month.end)
    except (ValueError, OverflowError):
        raise field_error("month", Message("report.not_a_month")) from None
    return month
