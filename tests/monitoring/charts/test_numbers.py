from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitoring.charts.numbers import clock_time, short_number


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.01234, "0.0123"), (2.5, "2.5"), (7, "7"), (41.27, "41.3"), (40.04, "40"), (12345.6, "12,346")],
)
def test_a_number_has_as_many_digits_as_help(value: float, text: str) -> None:
    assert short_number(value) == text


def test_times_are_in_utc() -> None:
    assert clock_time(datetime(2026, 11, 21, 18, 30, tzinfo=timezone(timedelta(hours=5)))) == "13:30"
    assert clock_time(datetime(2026, 11, 21, 18, 30, tzinfo=UTC)) == "18:30"
