from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.health.inputs import HealthInputs, WriteLimit
from monitoring.health.measurement import health_inputs, last_record_at, sparkline_values
from monitoring.series import Points
from monitoring.watched_streams import SHARD_BYTES_PER_SECOND
from portal.messages.message import Message
from tests.monitoring.conftest import NOW
from tests.monitoring.pages.streams import DELIVERY, END, STREAM, minutes, series, shard

BUSY_BYTES = 60.0 * SHARD_BYTES_PER_SECOND


def inputs(found, **changed: object) -> HealthInputs:
    return health_inputs(replace(STREAM, **changed), found, now=NOW)


def test_rates_are_means_of_five_minutes_whether_or_not_each_has_a_point() -> None:
    assert inputs(series(records=minutes(9_000, 60, 120))).records_per_second == pytest.approx(9_180 / 300)
    assert inputs(series(records=minutes(*[600.0] * 10, 60, 60, 60, 60, 60))).records_per_second == 1


def test_a_sender_that_puts_every_five_minutes_has_a_steady_rate() -> None:
    every_five = tuple(point for place, point in enumerate(minutes(*[1500.0] * 60)) if place % 5 == 2)
    found = inputs(series(records=every_five))
    assert (found.records_per_second, found.silent_seconds) == (5, 120)


def test_five_minutes_without_a_record_are_a_rate_of_nothing_once_some_arrived() -> None:
    assert inputs(series(records=minutes(*[60.0] * 10)[:4])).records_per_second == 0
    assert inputs(series(), last_record_at=END - timedelta(hours=5)).records_per_second == 0


def test_what_cloudwatch_withheld_is_not_a_rate_of_nothing() -> None:
    withheld = replace(series(records=minutes(60, 60)), incomplete=frozenset({"records", "bytes"}))
    assert inputs(withheld).records_per_second is None
    assert inputs(withheld).bytes_per_second is None


def test_an_iterator_age_that_sluice_can_have_caused_is_only_a_limit_for_others() -> None:
    own = tuple((at, 60_000.0) for at, _ in minutes(0, 0, 0, 0, 0))
    found = inputs(replace(series(iterator_age=minutes(58_000, 60_500, 67_000)), own_ages=own))
    assert (found.iterator_age_seconds, found.iterator_age_at_most_seconds) == (None, 67)
    found = inputs(replace(series(iterator_age=minutes(58_000, 700_000, 60_000)), own_ages=own))
    assert (found.iterator_age_seconds, found.iterator_age_at_most_seconds) == (700, 60)


def test_without_own_reading_each_iterator_age_is_of_others() -> None:
    found = inputs(series(iterator_age=minutes(0, 3_000)))
    assert (found.iterator_age_seconds, found.iterator_age_at_most_seconds) == (3, None)
    long_ago = ((END - timedelta(minutes=10), 3_600_000.0),)
    found = inputs(replace(series(iterator_age=minutes(0, 3_000)), own_ages=long_ago))
    assert found.iterator_age_seconds == 3


def test_a_failed_delivery_is_remembered_until_the_next_is_due() -> None:
    slow = replace(DELIVERY, buffering_seconds=900)
    failed_at = END - timedelta(minutes=25)
    points = {f"success:{slow.name}": ((failed_at, 0.0),), f"delivered:{slow.name}": ((failed_at, 7.0),)}
    (found,) = inputs(series(**points), deliveries=(slow,)).deliveries
    assert (found.success_share, found.delivered_records) == (0, None)
    (quick,) = inputs(series(**points)).deliveries
    assert quick.success_share is None


def test_a_share_follows_from_counts_where_aws_publishes_none() -> None:
    before, last = END - timedelta(minutes=10), END - timedelta(minutes=5)

    def share(delivered: dict, failed: dict) -> float | None:
        points = {"delivered": tuple(delivered.items()), "failed": tuple(failed.items())}
        found = series(**{f"{key}:{DELIVERY.name}": value for key, value in points.items()})
        return inputs(found).deliveries[0].success_share

    assert share({before: 10.0, last: 90.0}, {last: 10.0}) == 0.9
    assert share({before: 10.0}, {last: 4.0}) == 0
    assert share({last: 5.0}, {before: 4.0}) == 1
    assert share({last: 5.0}, {}) is None, "nothing is known of failures"
    assert share({last: 0.0}, {last: 0.0}) is None


def test_the_status_counts_only_if_aws_described_it_lately() -> None:
    assert inputs(series(), status="ACTIVE", seen_at=NOW - timedelta(minutes=2)).stream_status == "ACTIVE"
    assert inputs(series(), status="ACTIVE", seen_at=NOW - timedelta(minutes=50)).stream_status == ""
    assert inputs(series(), status="ACTIVE", seen_at=NOW, is_missing=True).stream_status == ""


def test_no_points_are_no_measurements() -> None:
    found = inputs(series())
    assert (found.records_per_second, found.write_usage_share, found.throttled_writes) == (None, None, None)
    assert (found.iterator_age_seconds, found.silent_seconds, found.has_data) == (None, None, False)


def test_the_limit_that_is_closer_counts() -> None:
    by_records = inputs(series(records=minutes(60_000), bytes=minutes(6_000)))
    assert (by_records.write_usage_share, by_records.write_limit) == (0.5, WriteLimit("records", 2000))
    by_bytes = inputs(series(records=minutes(600), bytes=minutes(BUSY_BYTES)))
    assert (by_bytes.write_usage_share, by_bytes.write_limit) == (0.5, WriteLimit("bytes", 2 * SHARD_BYTES_PER_SECOND))


def test_a_shard_that_is_busier_than_the_stream_is_named() -> None:
    found = inputs(series((shard(0, 600), shard(1, 54_000)), records=minutes(54_600)))
    assert (found.write_usage_share, found.busiest_shard) == (0.9, "shardId-000000000001")
    assert found.write_limit == WriteLimit("records", 1000)


def test_counts_and_ages_are_those_of_the_last_five_minutes() -> None:
    found = inputs(series(throttled_writes=minutes(9, 0, 0, 1, 2, 3), iterator_age=minutes(90_000, 1, 2, 3, 4, 5_000)))
    assert (found.throttled_writes, found.iterator_age_seconds) == (6, 5)


def test_silence_is_counted_from_the_end_of_the_last_minute_with_records() -> None:
    assert inputs(series(records=minutes(60, 0, 0, 0))).silent_seconds == 180
    before = END - timedelta(hours=9)
    assert last_record_at(replace(STREAM, last_record_at=before), series()) == before


def test_what_the_database_knows_is_passed_on() -> None:
    problem = Message("stream.missing")
    found = inputs(series(), unused_key_since=NOW - timedelta(hours=1), connection_problem=problem)
    assert (found.unused_key_seconds, found.live_seconds) == (3600, 3 * 86400)
    assert found.connection_problem == problem


def test_a_sparkline_has_a_gap_where_there_was_no_data() -> None:
    values = sparkline_values(series(records=minutes(60, 120)))
    assert values[-1] == 0.6, "180 records in five minutes"
    assert values[:-1] == [None] * 35


RECORDS = st.lists(st.tuples(st.integers(1, 3 * 3600), st.integers(1, 2 * 1024**2)), max_size=60)


def as_cloudwatch(records: list[tuple[int, int]]) -> dict[str, Points]:
    """What CloudWatch has of known records (seconds before the end, bytes): sums of the minutes that had any."""
    found: dict[str, dict[datetime, float]] = {"records": defaultdict(float), "bytes": defaultdict(float)}
    for seconds, size in records:
        minute = (END - timedelta(seconds=seconds)).replace(second=0)
        found["records"][minute] += 1
        found["bytes"][minute] += size
    return {name: tuple(sorted(points.items())) for name, points in found.items()}


@settings(max_examples=200, deadline=None)
@given(records=RECORDS)
def test_what_is_measured_is_what_was_put(records: list[tuple[int, int]]) -> None:
    found = inputs(series(**as_cloudwatch(records)), shards=1)
    if not records:
        assert (found.records_per_second, found.bytes_per_second, found.silent_seconds) == (None, None, None)
        return
    recent = [size for seconds, size in records if seconds <= 300]
    assert found.records_per_second == pytest.approx(len(recent) / 300)
    assert found.bytes_per_second == pytest.approx(sum(recent) / 300)
    newest = min(seconds for seconds, _ in records)
    assert newest - 60 <= (found.silent_seconds or 0) <= newest
    by_minute = [[size for s, size in records if 60 * n < s <= 60 * (n + 1)] for n in range(5)]
    used = max(max(len(sizes) / 60_000, sum(sizes) / (60 * 1024**2)) for sizes in by_minute)
    assert (found.write_usage_share or 0) == pytest.approx(used)


@settings(max_examples=50, deadline=None)
@given(records=RECORDS)
def test_a_sparkline_holds_every_record_once(records: list[tuple[int, int]]) -> None:
    values = sparkline_values(series(**as_cloudwatch(records)))
    assert sum(value or 0 for value in values) * 300 == pytest.approx(len(records), abs=36 * 0.0005 * 300)
