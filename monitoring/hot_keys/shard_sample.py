"""What one shard's records say about its load: how many, their keys, the busiest second, some hash keys. No clock.

Memory is bounded: two sketches of keys, and at most 64 hash keys. A hash key is drawn with a chance that grows with its
record's share of the write limits (weighted reservoir of Chao), so that their median halves the load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from monitoring.hot_keys.hash_keys import LONGEST_KEY, hash_key_of
from monitoring.hot_keys.heavy_keys import HeavyKeys
from monitoring.watched_streams import SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND
from portal.aws.records import DataRecord

HASHES = 64


@dataclass(slots=True)
class ShardSample:
    """The records of one shard in one window. Bytes include partition keys, as in the write limit."""

    by_records: HeavyKeys
    by_bytes: HeavyKeys
    random: Random
    first_at: datetime | None = None
    last_at: datetime | None = None
    peak_records: int = 0
    peak_bytes: int = 0
    hashes: list[int] = field(default_factory=list)
    load: float = 0.0
    _second: int = 0
    _second_records: int = 0
    _second_bytes: int = 0

    @classmethod
    def empty(cls, capacity: int, random: Random) -> ShardSample:
        """Return a sample without records that holds the heaviest `capacity` keys."""
        return cls(HeavyKeys(capacity), HeavyKeys(capacity), random)

    def add(self, records: Sequence[DataRecord]) -> None:
        """Count records of one answer of GetRecords, which are in the order of their arrival."""
        counts: Counter[str] = Counter()
        sizes: Counter[str] = Counter()
        for record in records:
            key = record.partition_key[:LONGEST_KEY]
            size = len(record.data) + len(key.encode("utf-8", "surrogatepass"))
            counts[key] += 1
            sizes[key] += size
            self._count_second(record.arrived_at, size)
            self._draw(key, max(1 / SHARD_RECORDS_PER_SECOND, size / SHARD_BYTES_PER_SECOND))
        self.by_records.add(counts)
        self.by_bytes.add({key: size for key, size in sizes.items() if size})
        if records:
            self.first_at = min(filter(None, (self.first_at, records[0].arrived_at)))
            self.last_at = max(filter(None, (self.last_at, records[-1].arrived_at)))

    def merge(self, earlier: ShardSample) -> None:
        """Add an earlier window of the same shard."""
        self.by_records.merge(earlier.by_records)
        self.by_bytes.merge(earlier.by_bytes)
        self.peak_records = max(self.peak_records, earlier.peak_records)
        self.peak_bytes = max(self.peak_bytes, earlier.peak_bytes)
        self.first_at = min(filter(None, (self.first_at, earlier.first_at)), default=None)
        self.last_at = max(filter(None, (self.last_at, earlier.last_at)), default=None)
        self.hashes = self._drawn_from(earlier)
        self.load += earlier.load

    def _drawn_from(self, earlier: ShardSample) -> list[int]:
        mine, theirs = list(self.hashes), list(earlier.hashes)
        self.random.shuffle(mine)
        self.random.shuffle(theirs)
        if len(mine) + len(theirs) <= HASHES:
            return mine + theirs
        share = self.load / (self.load + earlier.load)
        wanted = min(len(mine), max(HASHES - len(theirs), round(HASHES * share)))
        return mine[:wanted] + theirs[: HASHES - wanted]

    def _count_second(self, arrived_at: datetime, size: int) -> None:
        second = int(arrived_at.timestamp())
        if second != self._second:
            self._second, self._second_records, self._second_bytes = second, 0, 0
        self._second_records += 1
        self._second_bytes += size
        self.peak_records = max(self.peak_records, self._second_records)
        self.peak_bytes = max(self.peak_bytes, self._second_bytes)

    def _draw(self, key: str, load: float) -> None:
        self.load += load
        if len(self.hashes) < HASHES:
            self.hashes.append(hash_key_of(key))
        elif self.random.random() < HASHES * load / self.load:
            self.hashes[self.random.randrange(HASHES)] = hash_key_of(key)
