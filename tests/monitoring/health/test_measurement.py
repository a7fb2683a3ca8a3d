from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring.health.inputs import HealthInputs, WriteLimit
from monitoring.health.measurement import health_inputs, last_record_at, sparkline_values
from monitoring.watched_streams import SHARD_BYTES_PER_SECOND
from portal.messages.message import Message
from tests.monitoring.conftest import NOW
from tests.monitoring.pages.streams import END, STREAM, minutes, series, shard

BUSY_BYTES = 60.0 * SHARD_BYTES_PER_SECOND


def inputs(found, **changed: object) -> HealthInputs:
    return health_inputs(replace(STREAM, **changed), found, now=NOW)


def test_rates_are_means_of_the_minutes_with_data() -> None:
    assert inputs(series(records=minutes(9_000, 60, 120))).records_per_second == pytest.approx(51)
    assert inputs(series(records=minutes(*[600.0] * 10, 60, 60, 60, 60, 60))).records_per_second == 1


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
    assert values[-1] == 1.5
    assert values[:-1] == [None] * 35
