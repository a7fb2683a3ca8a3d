"""A month begins and ends at midnight of its zone, through changes of the clock."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from monitoring.reports.month import Month, last_month, named_month


def test_a_month_begins_and_ends_at_midnight_of_its_zone() -> None:
    month = Month(date(2026, 10, 1), "Europe/Berlin")
    assert month.start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert month.end == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert month.seconds == 31 * 86_400 + 3600
    assert Month(date(2026, 12, 1), "UTC").end == datetime(2027, 1, 1, tzinfo=UTC)


def test_the_last_month_is_that_of_the_zone() -> None:
    now = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert last_month(now, "UTC").first == date(2026, 10, 1)
    assert last_month(now, "Europe/Berlin").first == date(2026, 11, 1)
    assert last_month(datetime(2027, 1, 5, tzinfo=UTC), "UTC").first == date(2026, 12, 1)


@pytest.mark.parametrize("text", ["", "2026-13", "2026-1", "2026", "2026-11-01", "0001-01", "9999-12", "20261x1", "x"])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        named_month(text, "Pacific/Auckland")


def test_a_month_is_named_by_year_and_number() -> None:
    assert named_month("2026-11", "UTC") == Month(date(2026, 11, 1), "UTC")
