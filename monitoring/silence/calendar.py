"""The building's clock: in which hour of its week a moment is, and on which days it is a holiday. Pure.

A holiday counts as a Sunday. The hours follow the local clock, so a change to daylight saving time moves nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays

_SUNDAY = 6
HOURS_OF_WEEK = 7 * 24


@dataclass(frozen=True, slots=True)
class Calendar:
    """A time zone of IANA's names, and the country whose public holidays count (ISO 3166-1, empty for none)."""

    zone: str = "UTC"
    country: str = ""

    def hour_of_week(self, moment: datetime) -> int:
        """Return the hour of the building's week: 0 begins on Monday at midnight, 144 on Sunday and each holiday."""
        local = moment.astimezone(_zone(self.zone))
        is_holiday = bool(self.country) and local.date() in _holidays(self.country)
        return 24 * (_SUNDAY if is_holiday else local.weekday()) + local.hour


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all time zones that can be chosen, in order."""
    named = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ("UTC", *sorted(named))


@cache
def countries() -> tuple[str, ...]:
    """Return the codes of all countries whose holidays are known, in order."""
    return tuple(sorted(code for code in holidays.list_supported_countries() if len(code) == 2))


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # a name that the system no longer knows
        return ZoneInfo("UTC")


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
