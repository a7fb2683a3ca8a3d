"""Two weeks of traffic: hours are added once, gaps are not taken for quiet, and days end."""

from datetime import datetime, timedelta

import pytest

from monitoring.models import StreamHealth
from monitoring.series import StreamSeries
from monitoring.traffic_peaks import DAYS, measured_traffic, note_traffic
from onboarding.models.integration import Integration
from tests.monitoring.conftest import NOW

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
END = NOW.replace(second=0)  # 16:00, so the hour from 14:00 is the last that is added


@pytest.fixture
def health(integration: Integration) -> StreamHealth:
    return StreamHealth.objects.create(integration=integration)


def series(end: datetime, records: dict[datetime, float], *, incomplete: frozenset[str] = frozenset()) -> StreamSeries:
    points = tuple(sorted(records.items()))
    sizes = tuple((at, 100 * value) for at, value in points)
    return StreamSeries(end - 3 * HOUR, end, {"records": points, "bytes": sizes}, incomplete=incomplete)


def test_the_busiest_minute_and_the_sums(health: StreamHealth) -> None:
    found = {END - 2 * HOUR: 60.0, END - 2 * HOUR + MINUTE: 600.0, END - 70 * MINUTE: 120.0, END - MINUTE: 6000.0}
    note_traffic(health, series(END, found))
    health.refresh_from_db()
    measured = measured_traffic(health.traffic)
    assert measured is not None
    assert (measured.minutes, measured.peak_records_per_second, measured.peak_bytes_per_second) == (120, 10.0, 1000.0)
    assert measured.average_records_per_second == pytest.approx(780 / 120 / 60)
    assert measured.record_bytes == 100
    assert measured.since.date().isoformat() == "2026-11-21"
    assert not measured.is_enough


def test_an_hour_is_added_once(health: StreamHealth) -> None:
    found = {END - 2 * HOUR: 60.0}
    for end in (END, END + MINUTE, END + 4 * MINUTE):
        note_traffic(health, series(end, found))
    assert measured_traffic(health.traffic).minutes == 120  # type: ignore[union-attr]  # it is there
    note_traffic(health, series(END + 6 * MINUTE, {**found, END - MINUTE: 600.0}))
    measured = measured_traffic(health.traffic)
    assert measured is not None
    assert (measured.minutes, measured.peak_records_per_second) == (180, 10.0)


@pytest.mark.parametrize("metric", ["records", "bytes"])
def test_withheld_minutes_are_not_taken_for_quiet(health: StreamHealth, metric: str) -> None:
    note_traffic(health, series(END, {END - 2 * HOUR: 60.0}, incomplete=frozenset({metric})))
    assert measured_traffic(health.traffic) is None


def test_before_the_first_record_nothing_is_measured(health: StreamHealth) -> None:
    note_traffic(health, series(END, {}))
    assert health.traffic is None
    assert measured_traffic(None) is None


def test_two_weeks_are_kept(health: StreamHealth) -> None:
    for day in range(20):
        end = END + timedelta(days=day)
        note_traffic(health, series(end, {end - 2 * HOUR: 60.0 * (30 - day)}))
    assert len(health.traffic["days"]) == DAYS
    measured = measured_traffic(health.traffic)
    assert measured is not None
    assert measured.peak_records_per_second == 30 - 6


def test_a_week_of_minutes_is_enough(health: StreamHealth) -> None:
    day = {"minutes": 1440, "records": 1.0, "peak_records": 1.0, "peak_bytes": 1.0}
    for days, is_enough in ((6, False), (7, True)):
        found = measured_traffic({"days": {f"2026-11-{number:02}": day for number in range(1, days + 1)}})
        assert found is not None
        assert found.is_enough is is_enough
