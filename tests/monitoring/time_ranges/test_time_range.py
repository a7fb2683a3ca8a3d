"""Which time ranges can be chosen, and with which period each is read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.time_ranges.time_range import CUSTOM, LONGEST, NAMED, OLDEST, USUAL, TimeRange, chosen

NOW = datetime(2026, 11, 30, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "period", "points"),
    [("15m", 60, 16), ("1h", 60, 61), ("3h", 60, 181), ("24h", 300, 289), ("7d", 3600, 169)],
)
def test_a_named_range_ends_now_and_has_no_more_points_than_can_be_drawn(name: str, period: int, points: int) -> None:
    found = chosen({"range": name}, now=NOW).range
    assert found is not None
    assert found.period == period
    assert (found.end - found.start) / timedelta(seconds=period) == points
    assert found.start <= NOW - NAMED[name][0]
    assert NOW <= found.end < NOW + timedelta(seconds=period)


def test_without_a_range_or_with_an_unknown_one_it_is_the_usual() -> None:
    for query in ({}, {"range": "1 year"}, {"range": CUSTOM}):
        assert chosen(query, now=NOW).name == USUAL


def test_everyone_who_looks_within_a_period_reads_the_same_range() -> None:
    first, later = (chosen({"range": "24h"}, now=NOW + timedelta(seconds=s)).range for s in (0, 200))
    assert first == later


@pytest.mark.parametrize(
    ("start", "end", "field", "code"),
    [
        ("yesterday", "2026-11-30T10:00", "from", "range.not_a_time"),
        ("2026-11-30T09:00", "", "to", "range.not_a_time"),
        ("", "2026-11-30T09:00", "from", "range.not_a_time"),
        ("0001-01-01T00:00+14:00", "2026-11-30T09:00", "from", "range.not_a_time"),
        ("2026-11-30T13:00", "2026-11-30T14:00", "from", "range.in_the_future"),
        ("2025-08-01T00:00", "2025-08-02T00:00", "from", "range.too_old"),
        ("2026-11-30T10:00", "2026-11-30T10:02", "to", "range.too_short"),
        ("2026-11-30T10:00", "2026-11-29T10:00", "to", "range.too_short"),
        ("2026-10-01T00:00", "2026-11-30T00:00", "to", "range.too_long"),
        ("9999-12-31T23:59", "9999-12-31T23:59-14:00", "to", "range.not_a_time"),
    ],
)
def test_bad_input_is_explained_at_its_field_and_kept(start: str, end: str, field: str, code: str) -> None:
    found = chosen({"from": start, "to": end}, now=NOW)
    assert found.range is None
    assert dict(found.problems)[field].code == code
    assert (found.typed_start, found.typed_end) == (start, end)


def test_a_custom_range_is_in_utc_and_ends_at_the_newest_metrics() -> None:
    found = chosen({"from": "2026-11-30T13:00+02:00", "to": "2026-11-30T18:00"}, now=NOW).range
    assert found == TimeRange(datetime(2026, 11, 30, 11, tzinfo=UTC), datetime(2026, 11, 30, 12, 1, tzinfo=UTC), 60)


@given(age=st.timedeltas(timedelta(minutes=6), OLDEST), share=st.floats(0, 1))
def test_every_range_can_be_read_as_cloudwatch_keeps_it(age: timedelta, share: float) -> None:
    start = NOW - age
    length = timedelta(minutes=5) + share * (min(LONGEST, age) - timedelta(minutes=5))
    typed = {"from": start.isoformat(), "to": (start + length).isoformat()}
    found = chosen(typed, now=NOW).range
    assert found is not None
    points = (found.end - found.start) / timedelta(seconds=found.period)
    assert 1 <= points <= 402
    kept = 60 if age <= timedelta(days=15) else 300 if age <= timedelta(days=63) else 3600
    assert found.period % kept == 0
    assert found.start <= start
    assert found.end >= min(start + length, NOW)
    assert TimeRange.of_name(found.name) == found
