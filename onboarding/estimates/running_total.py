"""What a stream as it is being designed costs in a month: with the chosen shards, and with what is known of traffic."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from onboarding.estimates.cost_row import CostRow, cost_row, total
from onboarding.estimates.monthly_cost import FIRST_ON_DEMAND_SHARDS, on_demand_rows, provisioned_rows
from onboarding.estimates.other_cost import other_rows
from onboarding.estimates.prices import SECONDS_A_MONTH, Price, price_list
from onboarding.estimates.shard_need import readers_of
from onboarding.estimates.traffic import PlannedStream, Traffic
from portal.messages.message import Message

# What Sluice's collection asks of CloudWatch for each stream, and for each of its deliveries.
STREAM_METRICS, DELIVERY_METRICS = 5, 4
_BY_VOLUME = {
    "put_units",
    "gb_in",
    "gb_out",
    "firehose",
    "fanout",
    "long_retention",
    "retention_by_volume",
    "iot_messages",
    "iot_rules",
}


@dataclass(frozen=True, slots=True)
class RunningTotal:
    """The rows, the sum of those that are known, and whether all of them are."""

    rows: tuple[CostRow, ...]
    usd: Fraction
    is_whole: bool


def running_total(
    traffic: Traffic | None, stream: PlannedStream, *, shards: int | None, read_seconds: int
) -> RunningTotal:
    """Return the total of a provisioned stream of so many shards, or of an on-demand one (None).

    Without traffic, what depends on it is listed without an amount. Sluice reads metrics every `read_seconds`.
    """
    typed = traffic or Traffic(Decimal(0))
    known = replace(
        typed,
        shared_consumers=max(typed.shared_consumers, stream.declared_readers),
        fanout_consumers=max(typed.fanout_consumers, stream.declared_fanout),
        devices=max(typed.devices, stream.known_devices),
    )
    rows = [*_rows(known, stream, shards), metrics_read_row(stream, read_seconds)]
    if traffic is None:
        rows = [_unknown(row) if row.key in _BY_VOLUME else row for row in rows]
    return RunningTotal(tuple(rows), total(rows), all(row.usd is not None for row in rows))


def metrics_read_row(stream: PlannedStream, read_seconds: int) -> CostRow:
    """Return what Sluice's own reads of metrics cost while no one watches."""
    metrics = STREAM_METRICS + DELIVERY_METRICS * len(stream.deliveries)
    reads = Fraction(metrics * SECONDS_A_MONTH, read_seconds * 1000)
    prices = price_list(stream.region)
    return cost_row(
        prices, "metrics_read", (Price.METRICS_READ, reads), metric_count=metrics, read_seconds=read_seconds
    )


def _rows(traffic: Traffic, stream: PlannedStream, shards: int | None) -> list[CostRow]:
    if shards is None:
        readers = readers_of(traffic, len(stream.deliveries))
        return [*on_demand_rows(traffic, stream, readers), *other_rows(traffic, stream, FIRST_ON_DEMAND_SHARDS)]
    return [*provisioned_rows(traffic, stream, shards), *other_rows(traffic, stream, shards)]


def _unknown(row: CostRow) -> CostRow:
    return replace(row, usd=None, basis=Message("estimate.basis.unknown_traffic"))
