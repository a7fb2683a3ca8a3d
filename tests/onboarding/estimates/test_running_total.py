"""The total of a stream that is being designed."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.collection.metric_cost import usd_a_month
from monitoring.collection.metric_queries import STREAM_METRICS as COLLECTED
from monitoring.collection.metric_queries import delivery_metrics
from monitoring.watched_streams import WatchedDelivery
from onboarding.deliveries.kinds import KINDS
from onboarding.estimates.cost_row import total
from onboarding.estimates.estimate import estimate
from onboarding.estimates.running_total import DELIVERY_METRICS, STREAM_METRICS, metrics_read_row, running_total
from onboarding.estimates.shard_need import shard_need
from onboarding.estimates.traffic import DeliverySettings, PlannedStream, Traffic
from tests.onboarding.estimates.strategies import STREAMS, TRAFFIC


def test_unknown_traffic_is_said_and_not_guessed() -> None:
    stream = PlannedStream(retention_hours=200, deliveries=(DeliverySettings(),))
    found = running_total(None, stream, shards=2, read_seconds=300)
    amounts = {row.key: None if row.usd is None else round(float(row.usd), 2) for row in found.rows}
    assert amounts == {
        "shards": 21.9,
        "put_units": None,
        "retention": 29.2,
        "long_retention": None,
        "kms": 0.08,
        "firehose": None,
        "metrics_read": 0.79,
    }
    assert not found.is_whole
    assert {row.basis.code for row in found.rows if row.usd is None} == {"estimate.basis.unknown_traffic"}


def test_an_on_demand_stream_is_known_by_its_hours_alone() -> None:
    found = running_total(None, PlannedStream(retention_hours=48, kms_key="none"), shards=None, read_seconds=300)
    assert [(row.key, row.usd is None) for row in found.rows] == [
        ("stream_hours", False),
        ("gb_in", True),
        ("gb_out", True),
        ("retention_by_volume", True),
        ("metrics_read", False),
    ]


def test_chosen_shards_are_billed_not_those_that_are_needed() -> None:
    found = running_total(Traffic(Decimal(1)), PlannedStream(), shards=8, read_seconds=300)
    assert found.is_whole
    assert round(float(found.rows[0].usd or 0), 2) == 87.6


@settings(max_examples=40, deadline=None)
@given(TRAFFIC, STREAMS, st.integers(5, 3600))
def test_with_the_needed_shards_it_is_the_estimate_and_the_reads(
    traffic: Traffic, stream: PlannedStream, seconds: int
) -> None:
    shards = shard_need(traffic, deliveries=len(stream.deliveries)).shards
    found = running_total(traffic, stream, shards=shards, read_seconds=seconds)
    reads = metrics_read_row(stream, seconds).usd or 0
    assert found.usd == total(list(estimate(traffic, stream).provisioned)) + reads


def test_consumers_with_a_role_or_a_share_are_counted_unless_the_traffic_has_more() -> None:
    def users(typed: int, declared: int) -> object:
        stream, traffic = PlannedStream(declared_readers=declared), Traffic(Decimal(1), shared_consumers=typed)
        found = running_total(traffic, stream, shards=1, read_seconds=300)
        return next(row.basis.params["user_count"] for row in found.rows if row.key == "kms")

    assert [users(1, 0), users(1, 3), users(4, 3)] == [2, 4, 5]


def test_registered_consumers_cost_by_the_hour_even_without_traffic() -> None:
    stream = PlannedStream(declared_fanout=2)
    found = running_total(None, stream, shards=3, read_seconds=300)
    rows = {row.key: row.usd for row in found.rows}
    assert float(rows["fanout_hours"] or 0) == pytest.approx(2 * 3 * 730 * 0.015)
    assert rows["fanout"] is None, "what they read is not known"
    on_demand = running_total(Traffic(Decimal(100)), stream, shards=None, read_seconds=300)
    assert "fanout_hours" not in {row.key for row in on_demand.rows}
    assert {row.key: row.usd for row in on_demand.rows}["fanout"]


@settings(max_examples=40, deadline=None)
@given(TRAFFIC, STREAMS, st.integers(0, 20), st.integers(1, 50))
def test_a_further_registered_consumer_never_costs_less(
    traffic: Traffic, stream: PlannedStream, declared: int, shards: int
) -> None:
    def usd(count: int, chosen: int | None) -> Fraction:
        planned = replace(stream, declared_fanout=count)
        return running_total(traffic, planned, shards=chosen, read_seconds=300).usd

    for chosen in (shards, None):
        assert usd(declared, chosen) <= usd(declared + 1, chosen)


def test_what_sluice_reads_is_what_collection_asks_for() -> None:
    assert len(COLLECTED) == STREAM_METRICS
    for kind in KINDS.values():
        delivery = WatchedDelivery("d", kind.TITLE, 60, kind.METRICS)
        assert len(delivery_metrics(delivery)) <= DELIVERY_METRICS
    stream = replace(PlannedStream(), deliveries=(DeliverySettings(),))
    row = metrics_read_row(stream, 300)
    assert abs(float(row.usd or 0) - usd_a_month(STREAM_METRICS + DELIVERY_METRICS, 300)) < 0.01
