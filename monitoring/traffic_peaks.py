"""The traffic of a stream over two weeks: for each day its busiest minute and its sums, added to once an hour.

CloudWatch's minutes are sums, so a burst of some seconds is seen as the average of its minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from monitoring.models import StreamHealth
from monitoring.series import StreamSeries

DAYS = 14
# CloudWatch publishes late: an hour is read whole some minutes after its end.
_LATE = timedelta(minutes=5)
_ENOUGH = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MeasuredTraffic:
    """What was measured since a day: the busiest minute, and the average of all minutes that were read."""

    since: datetime
    minutes: int
    peak_records_per_second: float
    peak_bytes_per_second: float
    average_records_per_second: float

    @property
    def is_enough(self) -> bool:
        """Return whether a whole week was measured, so that a quiet weekend is not taken for all of it."""
        return timedelta(minutes=self.minutes) >= _ENOUGH

    @property
    def record_bytes(self) -> int:
        """Return the size of a record with which the busiest minutes by records and by bytes agree."""
        return max(1, ceil(self.peak_bytes_per_second / self.peak_records_per_second))


def note_traffic(health: StreamHealth, series: StreamSeries) -> None:
    """Add the hours that have ended since the last time; none for which CloudWatch withholds something.

    A minute without a point had no records, because both metrics were read whole.
    """
    end = (series.end - _LATE).replace(minute=0, second=0, microsecond=0)
    known = health.traffic or {}
    start = max(_moment(known.get("until")) or series.start, series.start)
    if end <= start or {"records", "bytes"} & series.incomplete:
        return
    if not known and not any(value for _, value in series.stream.get("records", ())):
        return  # before its first record a stream has no traffic to learn from
    days = {day: dict(found) for day, found in known.get("days", {}).items()}
    minute = start
    records, size = dict(series.stream.get("records", ())), dict(series.stream.get("bytes", ()))
    while minute < end:
        _add(days.setdefault(f"{minute:%Y-%m-%d}", _EMPTY.copy()), records.get(minute, 0.0), size.get(minute, 0.0))
        minute += timedelta(minutes=1)
    kept = sorted(days)[-DAYS:]
    health.traffic = {"until": end.isoformat(), "days": {day: days[day] for day in kept}}
    StreamHealth.objects.filter(pk=health.pk).update(traffic=health.traffic)


_EMPTY: dict[str, float] = {"minutes": 0, "records": 0.0, "peak_records": 0.0, "peak_bytes": 0.0}


def _add(day: dict[str, float], records: float, size: float) -> None:
    day["minutes"] += 1
    day["records"] += records
    day["peak_records"] = max(day["peak_records"], records / 60)
    day["peak_bytes"] = max(day["peak_bytes"], size / 60)


def measured_traffic(stored: dict[str, Any] | None) -> MeasuredTraffic | None:
    """Return what a row keeps of a stream's traffic; None where nothing was measured or no record arrived."""
    days = (stored or {}).get("days", {})
    if not days or not any(day["records"] for day in days.values()):
        return None
    minutes = int(sum(day["minutes"] for day in days.values()))
    return MeasuredTraffic(
        since=datetime.fromisoformat(min(days)).replace(tzinfo=UTC),
        minutes=minutes,
        peak_records_per_second=max(day["peak_records"] for day in days.values()),
        peak_bytes_per_second=max(day["peak_bytes"] for day in days.values()),
        average_records_per_second=sum(day["records"] for day in days.values()) / minutes / 60,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
