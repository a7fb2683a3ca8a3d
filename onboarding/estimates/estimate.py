"""The estimate of a stream: shards, the limit that decides, and the monthly cost of both capacity modes."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from onboarding.estimates.cost_row import CostRow, total
from onboarding.estimates.crossing import Crossing, crossing
from onboarding.estimates.monthly_cost import FIRST_ON_DEMAND_SHARDS, on_demand_rows, provisioned_rows
from onboarding.estimates.other_cost import other_rows
from onboarding.estimates.prices import BASE_REGION, CHECKED_ON, price_list
from onboarding.estimates.shard_need import Limit, ShardNeed, has_too_many_readers, readers_of, shard_need
from onboarding.estimates.traffic import PlannedStream, Traffic
from portal.aws.shard_counts import MOST_SHARDS, READS_PER_SHARD
from portal.messages.message import Message

ON_DEMAND_START_RECORDS = 4_000
ON_DEMAND_START_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Estimate:
    """The answer, with what the reader must know of it: `notes` are messages."""

    need: ShardNeed
    binding: Message
    notes: tuple[Message, ...]
    provisioned: tuple[CostRow, ...]
    on_demand: tuple[CostRow, ...]
    crossing: Crossing
    cheaper: Message

    def as_json(self) -> dict[str, Any]:
        """Return the numbers as plain JSON."""
        return {
            "shards": self.need.shards,
            "binding_limit": str(self.need.binding),
            "shards_by_limit": {str(limit): float(need) for limit, need in self.need.by_limit.items()},
            "monthly_usd": {"provisioned": rounded(self.provisioned), "on_demand": rounded(self.on_demand)},
            "cheaper_at_low_rates": "provisioned" if self.crossing.is_provisioned_first else "on_demand",
            "crossing_records_per_second": self.crossing.records_per_second,
            "prices_checked_on": CHECKED_ON.isoformat(),
        }


def estimate(traffic: Traffic, stream: PlannedStream) -> Estimate:
    """Return the estimate of traffic in a stream with these settings."""
    need = shard_need(traffic, deliveries=len(stream.deliveries))
    provisioned, on_demand = _rows(traffic, stream, need.shards)
    found = crossing(traffic, stream, lambda other, shards: _totals(other, stream, shards))
    return Estimate(
        need=need,
        binding=binding_message(traffic, need, len(stream.deliveries)),
        notes=tuple(_notes(traffic, stream, need)),
        provisioned=tuple(provisioned),
        on_demand=tuple(on_demand),
        crossing=found,
        cheaper=_cheaper(found),
    )


def rounded(rows: tuple[CostRow, ...]) -> float:
    """Return the sum of the known amounts in USD, to the cent."""
    return round(float(total(list(rows))), 2)


def binding_message(traffic: Traffic, need: ShardNeed, deliveries: int) -> Message:
    """Return the sentence that says which limit decides."""
    size = float(traffic.burst_records * traffic.record_bytes)
    readers = readers_of(traffic, deliveries)
    match need.binding:
        case Limit.RECORDS:
            return Message("estimate.binding.records", records_per_second=float(traffic.burst_records))
        case Limit.BYTES_IN:
            return Message("estimate.binding.bytes_in", in_bytes=size)
        case Limit.BYTES_OUT:
            total_bytes = size * readers
            return Message("estimate.binding.bytes_out", in_bytes=size, out_bytes=total_bytes, consumer_count=readers)
        case _:
            return Message("estimate.binding.least")


def _rows(traffic: Traffic, stream: PlannedStream, shards: int) -> tuple[list[CostRow], list[CostRow]]:
    readers, open_shards = readers_of(traffic, len(stream.deliveries)), max(FIRST_ON_DEMAND_SHARDS, shards)
    provisioned = [*provisioned_rows(traffic, stream, shards), *other_rows(traffic, stream, shards)]
    return provisioned, [*on_demand_rows(traffic, stream, readers), *other_rows(traffic, stream, open_shards)]


def _totals(traffic: Traffic, stream: PlannedStream, shards: int) -> tuple[Fraction, Fraction]:
    provisioned, on_demand = _rows(traffic, stream, shards)
    return total(provisioned), total(on_demand)


def _notes(traffic: Traffic, stream: PlannedStream, need: ShardNeed) -> list[Message]:
    readers = readers_of(traffic, len(stream.deliveries))
    notes = []
    if not need.is_possible:
        notes.append(Message("estimate.too_many_shards", most_count=MOST_SHARDS))
    if has_too_many_readers(readers):
        notes.append(Message("estimate.too_many_readers", consumer_count=readers, most=READS_PER_SHARD))
    size = traffic.burst_records * traffic.record_bytes
    if traffic.burst_records > ON_DEMAND_START_RECORDS or size > ON_DEMAND_START_BYTES:
        notes.append(Message("estimate.on_demand_start"))
    if not price_list(stream.region).is_known:
        notes.append(Message("estimate.region_unknown", region=stream.region, base=BASE_REGION))
    return notes


def _cheaper(found: Crossing) -> Message:
    rate = found.records_per_second
    if found.is_provisioned_first:
        return (
            Message("estimate.always.provisioned")
            if rate is None
            else Message("estimate.crossing.provisioned", record_count=rate)
        )
    if rate is None:
        return Message("estimate.always.on_demand")
    return Message("estimate.crossing.on_demand", record_count=rate)
