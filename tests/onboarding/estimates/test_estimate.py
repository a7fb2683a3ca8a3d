"""Costs: monotone, sums of their rows, and the crossing where the cheaper mode changes."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.estimates.cost_row import CostRow, dollars, total
from onboarding.estimates.estimate import Estimate, estimate
from onboarding.estimates.traffic import DeliverySettings, PlannedStream, Traffic
from portal.messages.catalogue import text_of
from tests.onboarding.estimates.strategies import STREAMS, TRAFFIC

PLAIN = PlannedStream(kms_key="none")


def sums(found: Estimate) -> tuple[Fraction, Fraction]:
    return total(list(found.provisioned)), total(list(found.on_demand))


def amounts(rows: tuple[CostRow, ...]) -> dict[str, float]:
    return {row.key: round(float(row.usd or 0), 2) for row in rows}


def test_a_shard_at_its_limit() -> None:
    found = estimate(Traffic(Decimal(1000)), PLAIN)
    # For 2,628,000 seconds: 2,628 million records of one unit each; 2,506.26 GB.
    assert amounts(found.provisioned) == {"shards": 10.95, "put_units": 36.79}
    assert amounts(found.on_demand) == {"stream_hours": 29.2, "gb_in": 200.5, "gb_out": 100.25}


def test_units_are_rounded_up_for_each_record() -> None:
    units = [
        amounts(estimate(Traffic(Decimal(100), size), PLAIN).provisioned)["put_units"] for size in (25_600, 25_601)
    ]
    assert units == [3.68, 7.36]
    inbound = [amounts(estimate(Traffic(Decimal(100), size), PLAIN).on_demand)["gb_in"] for size in (1, 1024, 1025)]
    assert inbound == [20.05, 20.05, 40.1]


@pytest.mark.parametrize(("hours", "longer"), [(25, None), (168, None), (898, 57.64)])
def test_retention_of_a_shard(hours: int, longer: float | None) -> None:
    found = amounts(estimate(Traffic(Decimal(1000)), replace(PLAIN, retention_hours=hours)).provisioned)
    assert (found["retention"], found.get("long_retention")) == (14.6, longer)


def test_what_is_billed_beside_the_stream() -> None:
    stream = PlannedStream("us-east-1", 24, True, "new", (DeliverySettings(), DeliverySettings(True, True)))
    rows = estimate(Traffic(Decimal(1)), stream).provisioned
    found = [(row.key, round(float(row.usd or 0), 2)) for row in rows[2:]]
    assert found == [("shard_metrics", 2.1), ("kms_new", 1.11), ("firehose", 0.36), ("firehose", 0.64)]


def test_a_region_without_a_source_says_so() -> None:
    codes = [note.code for note in estimate(Traffic(Decimal(1)), PlannedStream("eu-north-1")).notes]
    assert codes == ["estimate.region_unknown"]
    ireland = estimate(Traffic(Decimal(1)), PlannedStream("eu-west-1"))
    assert not ireland.notes
    assert amounts(ireland.provisioned)["shards"] == 12.42


def test_too_many_readers_and_shards_are_said() -> None:
    found = estimate(Traffic(Decimal(10_000_000), burst_factor=Decimal(2), shared_consumers=6), PLAIN)
    codes = [note.code for note in found.notes]
    assert codes == ["estimate.too_many_shards", "estimate.too_many_readers", "estimate.on_demand_start"]


def test_a_steady_stream_is_cheaper_provisioned() -> None:
    found = estimate(Traffic(Decimal(50)), PLAIN).crossing
    assert (found.is_provisioned_first, found.records_per_second) == (True, None)


def test_rare_bursts_are_cheaper_on_demand() -> None:
    traffic = Traffic(Decimal(50), burst_factor=Decimal(20), average_share=Decimal("0.03"))
    found = estimate(traffic, PLAIN).crossing
    # 50 records/s fill a shard with their bursts; the third shard makes provisioned dearer than 29.20.
    assert (found.is_provisioned_first, found.records_per_second) == (True, 101)


def test_many_fanout_consumers_begin_cheaper_on_demand() -> None:
    found = estimate(Traffic(Decimal(50), fanout_consumers=5), PLAIN).crossing
    assert not found.is_provisioned_first
    assert found.records_per_second is not None


@settings(max_examples=60, deadline=None)
@given(TRAFFIC, TRAFFIC, STREAMS)
def test_more_of_anything_never_costs_less(some: Traffic, other: Traffic, stream: PlannedStream) -> None:
    for name in Traffic.__slots__:
        low, high = sorted([getattr(some, name), getattr(other, name)])
        less, more = (sums(estimate(replace(some, **{name: value}), stream)) for value in (low, high))
        assert less[0] <= more[0], name
        assert less[1] <= more[1], name


@settings(max_examples=60, deadline=None)
@given(TRAFFIC, STREAMS, st.integers(24, 8760))
def test_more_settings_never_cost_less(traffic: Traffic, stream: PlannedStream, hours: int) -> None:
    found = sums(estimate(traffic, stream))
    longer = replace(stream, retention_hours=max(hours, stream.retention_hours))
    for richer in (
        longer,
        replace(stream, shard_level_metrics=True),
        replace(stream, kms_key="new"),
        replace(stream, deliveries=(*stream.deliveries, DeliverySettings())),
    ):
        more = sums(estimate(traffic, richer))
        assert found[0] <= more[0]
        assert found[1] <= more[1]


@settings(max_examples=60, deadline=None)
@given(TRAFFIC, STREAMS)
def test_the_cheaper_mode_changes_at_the_crossing(traffic: Traffic, stream: PlannedStream) -> None:
    found = estimate(traffic, stream).crossing
    rate = found.records_per_second

    def is_provisioned_cheaper(records: int) -> bool:
        provisioned, on_demand = sums(estimate(replace(traffic, records_per_second=Decimal(records)), stream))
        return provisioned <= on_demand

    assert is_provisioned_cheaper(0) == found.is_provisioned_first
    if rate is None:
        assert is_provisioned_cheaper(1) == found.is_provisioned_first
        return
    assert is_provisioned_cheaper(rate) != found.is_provisioned_first
    for before in {rate - 1, rate // 2, rate // 3}:
        assert is_provisioned_cheaper(before) == found.is_provisioned_first


@settings(max_examples=30, deadline=None)
@given(TRAFFIC, STREAMS)
def test_every_message_has_its_sentence(traffic: Traffic, stream: PlannedStream) -> None:
    found = estimate(traffic, stream)
    rows = [*found.provisioned, *found.on_demand]
    messages = [found.binding, found.cheaper, *found.notes, *(row.basis for row in rows), *(row.title for row in rows)]
    for message in messages:
        assert "no text" not in text_of(message)


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.00"), (Fraction(1, 1000), "<0.01"), (Fraction(12345, 10), "1,234.50"), (None, "–")]
)
def test_amounts_are_written(amount: Fraction | None, text: str) -> None:
    assert dollars(amount) == text
