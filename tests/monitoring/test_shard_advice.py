"""Advice on shards: fewer only when a week was measured, more at once, and none where nothing is known."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.shard_advice import ShardAdvice, shard_advice, traffic_of
from monitoring.traffic_peaks import MeasuredTraffic
from monitoring.watched_streams import WatchedStream, watched_stream
from onboarding.models.integration import Integration

WEEK = 7 * 1440
QUIET = MeasuredTraffic(datetime(2026, 11, 14, tzinfo=UTC), WEEK, 1500.0, 150_000.0, 300.0)


@pytest.fixture
def stream(integration: Integration) -> WatchedStream:
    found = watched_stream(integration.uid)
    assert found is not None
    return replace(found, is_on_demand=False, shards=8)


@pytest.mark.django_db
def test_two_would_do_where_there_are_eight(stream: WatchedStream) -> None:
    assert shard_advice(stream, QUIET) == ShardAdvice(2, 8)
    assert shard_advice(replace(stream, shards=2), QUIET) is None


@pytest.mark.django_db
def test_fewer_are_advised_after_a_week_only_and_more_at_once(stream: WatchedStream) -> None:
    new = replace(QUIET, minutes=60)
    assert shard_advice(stream, new) is None
    advice = shard_advice(replace(stream, shards=1), new)
    assert advice == ShardAdvice(2, 1)
    assert advice is not None
    assert advice.is_too_few


@pytest.mark.django_db
def test_nothing_is_advised_where_something_is_not_known(stream: WatchedStream) -> None:
    assert shard_advice(stream, None) is None
    assert shard_advice(replace(stream, shards=None), QUIET) is None
    assert shard_advice(replace(stream, is_on_demand=True), QUIET) is None


@settings(deadline=None)
@given(st.floats(1e-6, 1e7), st.floats(1, 1e6), st.floats(0, 1))
def test_the_estimate_covers_what_was_measured(records: float, size: float, share: float) -> None:
    measured = MeasuredTraffic(datetime(2026, 11, 14, tzinfo=UTC), WEEK, records, records * size, records * share)
    traffic = traffic_of(measured)
    assert traffic.records_per_second >= Decimal(str(round(records, 3)))
    assert traffic.record_bytes >= size - 1e-3
    assert 0 < traffic.average_share <= 1
