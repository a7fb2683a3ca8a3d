"""From which rate the other capacity mode is cheaper.

Both costs are linear in shards and records. A provisioned stream costs more in steps, one for each shard; between two
steps the difference of the modes is a line, so the cheaper mode changes at a step, or between two whose ends differ.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import lcm

from onboarding.estimates.monthly_cost import FIRST_ON_DEMAND_SHARDS
from onboarding.estimates.shard_need import readers_of, shares
from onboarding.estimates.traffic import MOST_RECORDS, PlannedStream, Traffic
from portal.aws.shard_counts import MOST_SHARDS

# The totals of provisioned and on-demand for some traffic in so many shards.
Totals = Callable[[Traffic, int], tuple[Fraction, Fraction]]


@dataclass(frozen=True, slots=True)
class Crossing:
    """The mode that is cheaper for very little traffic, and the first whole rate at which the other is; None: never."""

    is_provisioned_first: bool
    records_per_second: int | None


@dataclass(frozen=True, slots=True)
class _Difference:
    """The cost of provisioned less that of on-demand, as whole numbers of one small unit."""

    fixed: int
    a_record: int
    a_shard: int
    an_on_demand_shard: int
    shards_a_record: Fraction

    def is_provisioned_cheaper(self, records: int) -> bool:
        need = self.shards_a_record
        shards = max(1, -(-records * need.numerator // need.denominator))
        on_demand = self.an_on_demand_shard * max(FIRST_ON_DEMAND_SHARDS, shards)
        return self.fixed + self.a_record * records + self.a_shard * shards <= on_demand

    def last_rate(self, shards: int) -> int:
        return shards * self.shards_a_record.denominator // self.shards_a_record.numerator


def crossing(traffic: Traffic, stream: PlannedStream, totals: Totals) -> Crossing:
    """Return where the modes cross for records like these, within the shards that one stream can have."""
    difference = _difference(traffic, stream, totals)
    first = difference.is_provisioned_cheaper(0)
    before = 0
    for shards in range(1, MOST_SHARDS + 1):
        end = min(difference.last_rate(shards), MOST_RECORDS)
        if end <= before:
            continue
        if difference.is_provisioned_cheaper(before + 1) != first:
            return Crossing(first, before + 1)
        if difference.is_provisioned_cheaper(end) != first:
            return Crossing(first, _between(difference, before + 1, end))
        before = end
    return Crossing(first, None)


def _difference(traffic: Traffic, stream: PlannedStream, totals: Totals) -> _Difference:
    empty, single = (replace(traffic, records_per_second=Decimal(rate)) for rate in (0, 1))
    start = FIRST_ON_DEMAND_SHARDS
    at_start, with_shard, with_record = totals(empty, start), totals(empty, start + 1), totals(single, start)
    shard = [more - base for more, base in zip(with_shard, at_start, strict=True)]
    record = [more - base for more, base in zip(with_record, at_start, strict=True)]
    fixed = [base - start * each for base, each in zip(at_start, shard, strict=True)]
    unit = lcm(*(part.denominator for part in (*fixed, *record, *shard)))
    return _Difference(
        fixed=int(unit * (fixed[0] - fixed[1])),
        a_record=int(unit * (record[0] - record[1])),
        a_shard=int(unit * shard[0]),
        an_on_demand_shard=int(unit * shard[1]),
        shards_a_record=max(shares(single, readers_of(traffic, len(stream.deliveries))).values()),
    )


def _between(difference: _Difference, low: int, high: int) -> int:
    """Return the first rate after `low` at which the cheaper mode is that at `high`, on one line."""
    wanted = difference.is_provisioned_cheaper(high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if difference.is_provisioned_cheaper(middle) == wanted else (middle, high)
    return high
