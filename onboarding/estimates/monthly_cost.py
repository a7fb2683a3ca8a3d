"""What a stream costs in a month by its capacity mode, row by row. https://aws.amazon.com/kinesis/data-streams/pricing/

Amounts are USD before taxes. Storage at destinations, functions and transfers between Regions are not included.
"""

from onboarding.estimates.cost_row import CostRow, billed_of, cost_row, short
from onboarding.estimates.prices import HOURS_A_MONTH, Price, price_list
from onboarding.estimates.traffic import PlannedStream, Traffic

PUT_UNIT_BYTES = 25 * 1024
ON_DEMAND_STEP = 1024  # each record is billed in steps of so many bytes
FIRST_ON_DEMAND_SHARDS = 4
_DAY, _WEEK = 24, 168


def provisioned_rows(traffic: Traffic, stream: PlannedStream, shards: int) -> list[CostRow]:
    """Return the rows of a provisioned stream of so many shards."""
    prices, billed = price_list(stream.region), billed_of(traffic)
    units = billed.records * -(-traffic.record_bytes // PUT_UNIT_BYTES)
    rows = [
        cost_row(prices, "shards", (Price.SHARD_HOUR, shards * HOURS_A_MONTH), shard_count=shards),
        cost_row(prices, "put_units", (Price.PUT_UNITS, units / 1_000_000), millions=short(units / 1_000_000)),
    ]
    if fanout := traffic.fanout_consumers:
        hours = (Price.FANOUT_SHARD_HOUR, fanout * shards * HOURS_A_MONTH)
        volume = (Price.FANOUT_GB, billed.gb * fanout)
        rows += [
            cost_row(prices, "fanout_hours", hours, consumer_count=fanout, shard_count=shards),
            cost_row(prices, "fanout", volume, consumer_count=fanout, gb=short(billed.gb)),
        ]
    if stream.retention_hours > _DAY:
        extended = (Price.EXTENDED_SHARD_HOUR, shards * HOURS_A_MONTH)
        rows.append(cost_row(prices, "retention", extended, hours=min(stream.retention_hours, _WEEK)))
    return [*rows, *_long_retention(traffic, stream)]


def _long_retention(traffic: Traffic, stream: PlannedStream) -> list[CostRow]:
    if stream.retention_hours <= _WEEK:
        return []
    kept = billed_of(traffic).gb_kept(stream.retention_hours - _WEEK)
    return [cost_row(price_list(stream.region), "long_retention", (Price.LONG_GB_MONTH, kept), gb=short(kept))]


def on_demand_rows(traffic: Traffic, stream: PlannedStream, readers: int) -> list[CostRow]:
    """Return the rows of an on-demand stream (Standard) that so many consumers share."""
    prices, billed = price_list(stream.region), billed_of(traffic)
    rounded = billed.billed_gb(ON_DEMAND_STEP)
    rows = [
        cost_row(prices, "stream_hours", (Price.ON_DEMAND_HOUR, HOURS_A_MONTH)),
        cost_row(prices, "gb_in", (Price.ON_DEMAND_IN_GB, rounded), gb=short(rounded)),
        cost_row(
            prices, "gb_out", (Price.ON_DEMAND_OUT_GB, billed.gb * readers), gb=short(billed.gb), consumer_count=readers
        ),
    ]
    if fanout := traffic.fanout_consumers:
        volume = billed.gb * fanout
        rows.append(
            cost_row(prices, "fanout", (Price.ON_DEMAND_FANOUT_GB, volume), consumer_count=fanout, gb=short(billed.gb))
        )
    if stream.retention_hours > _DAY:
        week = billed.gb_kept(min(stream.retention_hours, _WEEK) - _DAY)
        rows.append(cost_row(prices, "retention_by_volume", (Price.ON_DEMAND_EXTENDED_GB_MONTH, week), gb=short(week)))
    return [*rows, *_long_retention(traffic, stream)]
