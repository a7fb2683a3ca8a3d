"""Shards: exact at the edges, monotone, never below a limit."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.estimates.shard_need import Limit, shard_need, shares
from onboarding.estimates.traffic import Traffic
from tests.onboarding.estimates.strategies import TRAFFIC


@pytest.mark.parametrize(
    ("traffic", "shards", "binding"),
    [
        (Traffic(Decimal(1000)), 1, Limit.RECORDS),
        (Traffic(Decimal(1001)), 2, Limit.RECORDS),
        (Traffic(Decimal("1000.001")), 2, Limit.RECORDS),
        (Traffic(Decimal(2000)), 2, Limit.RECORDS),
        (Traffic(Decimal("0.001")), 1, Limit.RECORDS),
        (Traffic(Decimal(0)), 1, Limit.LEAST),
        (Traffic(Decimal(500), burst_factor=Decimal(2)), 1, Limit.RECORDS),
        (Traffic(Decimal(500), burst_factor=Decimal("2.002")), 2, Limit.RECORDS),
        (Traffic(Decimal(1), record_bytes=1024 * 1024), 1, Limit.BYTES_IN),
        (Traffic(Decimal(1), record_bytes=1024 * 1024 + 1), 2, Limit.BYTES_IN),
        (Traffic(Decimal(1024)), 2, Limit.RECORDS),
        (Traffic(Decimal(512), record_bytes=2048), 1, Limit.BYTES_IN),
        (Traffic(Decimal(512), record_bytes=2048, shared_consumers=2), 1, Limit.BYTES_IN),
        (Traffic(Decimal(512), record_bytes=2048, shared_consumers=3), 2, Limit.BYTES_OUT),
        (Traffic(Decimal(512), record_bytes=2048, shared_consumers=4), 2, Limit.BYTES_OUT),
        (Traffic(Decimal(512), record_bytes=2048, shared_consumers=5), 3, Limit.BYTES_OUT),
        (Traffic(Decimal(512), record_bytes=2048, shared_consumers=0, fanout_consumers=20), 1, Limit.BYTES_IN),
        (Traffic(Decimal(10_000_000)), 10_000, Limit.RECORDS),
    ],
)
def test_edges(traffic: Traffic, shards: int, binding: Limit) -> None:
    need = shard_need(traffic)
    assert (need.shards, need.binding) == (shards, binding)


def test_a_delivery_is_one_more_shared_consumer() -> None:
    traffic = Traffic(Decimal(512), record_bytes=2048, shared_consumers=2)
    assert shard_need(traffic, deliveries=1).shards == shard_need(replace(traffic, shared_consumers=3)).shards == 2


def test_more_than_a_stream_can_have_is_said() -> None:
    assert shard_need(Traffic(Decimal(10_000_000))).is_possible
    assert not shard_need(Traffic(Decimal(10_000_000), burst_factor=Decimal("1.1"))).is_possible


@settings(deadline=None)
@given(TRAFFIC, st.integers(0, 5))
def test_never_below_a_limit_and_never_a_shard_too_many(traffic: Traffic, deliveries: int) -> None:
    need = shard_need(traffic, deliveries=deliveries)
    most = max(shares(traffic, traffic.shared_consumers + deliveries).values())
    assert need.shards >= max(most, 1)
    assert need.shards - 1 < max(most, 1)
    if need.binding is not Limit.LEAST:
        assert need.by_limit[need.binding] == most


@settings(deadline=None)
@given(TRAFFIC, TRAFFIC, st.integers(0, 5))
def test_more_of_anything_never_needs_fewer_shards(some: Traffic, other: Traffic, deliveries: int) -> None:
    for name in ("records_per_second", "record_bytes", "burst_factor", "shared_consumers", "fanout_consumers"):
        low, high = sorted([getattr(some, name), getattr(other, name)])
        less, more = (shard_need(replace(some, **{name: value}), deliveries=deliveries) for value in (low, high))
        assert less.shards <= more.shards
        assert all(less.by_limit[limit] <= more.by_limit[limit] for limit in less.by_limit)


def test_shares_are_exact() -> None:
    assert shares(Traffic(Decimal("0.1")), 1)[Limit.RECORDS] == Fraction(1, 10_000)
