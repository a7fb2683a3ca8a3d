"""How many shards traffic needs, and which of AWS's limits decides.

https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from onboarding.estimates.traffic import Traffic
from portal.aws.shard_counts import (
    BYTES_PER_SHARD,
    MOST_SHARDS,
    READ_BYTES_PER_SHARD,
    READS_PER_SHARD,
    RECORDS_PER_SHARD,
)


class Limit(StrEnum):
    """A limit of a shard; of two that need the same number, the first is named."""

    RECORDS = "records"
    BYTES_IN = "bytes_in"
    BYTES_OUT = "bytes_out"
    FANOUT = "fanout"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class ShardNeed:
    """The shards that traffic needs, those that each limit needs (exact, before rounding), and which limit decides."""

    shards: int
    by_limit: dict[Limit, Fraction]
    binding: Limit

    @property
    def is_possible(self) -> bool:
        """Return whether one stream can have so many shards."""
        return self.shards <= MOST_SHARDS


def shares(traffic: Traffic, readers: int) -> dict[Limit, Fraction]:
    """Return how many shards each limit needs; `readers` are the consumers that share the throughput."""
    records = traffic.burst_records
    size = records * traffic.record_bytes
    return {
        Limit.RECORDS: records / RECORDS_PER_SHARD,
        Limit.BYTES_IN: size / BYTES_PER_SHARD,
        Limit.BYTES_OUT: size * readers / READ_BYTES_PER_SHARD,
        Limit.FANOUT: size / READ_BYTES_PER_SHARD if traffic.fanout_consumers else Fraction(0),
    }


def shard_need(traffic: Traffic, *, deliveries: int = 0) -> ShardNeed:
    """Return the shards that the traffic needs at least; each delivery by Firehose is one more shared consumer."""
    by_limit = shares(traffic, readers_of(traffic, deliveries))
    binding = max(by_limit, key=lambda limit: by_limit[limit])
    if by_limit[binding] == 0:
        binding = Limit.LEAST
    return ShardNeed(max(1, *(ceil(need) for need in by_limit.values())), by_limit, binding)


def readers_of(traffic: Traffic, deliveries: int) -> int:
    """Return how many consumers share the throughput."""
    return traffic.shared_consumers + deliveries


def has_too_many_readers(readers: int) -> bool:
    """Return whether so many shared consumers can't read each shard once a second; more shards don't change that."""
    return readers > READS_PER_SHARD
