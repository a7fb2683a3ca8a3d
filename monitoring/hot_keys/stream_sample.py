"""The keys of a watched stream in two windows of 90 seconds: what is older is forgotten. Pure: no clock of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from monitoring.hot_keys.report import KeyShare, Report, ShardReport
from monitoring.hot_keys.shard_sample import ShardSample
from portal.aws.records import DataRecord

WINDOW_SECONDS = 90.0
MOST_SHARDS = 500
SHARDS_REPORTED = 10
KEYS_REPORTED = 5
_MOST_COUNTERS, _MOST_OF_SHARD, _LEAST_OF_SHARD = 2048, 32, 8

Range = tuple[int, int]
Window = dict[str, ShardSample]


@dataclass(slots=True)
class StreamSample:
    """Counts the records that a tap reads of one stream.

    `ranges` are the hash keys of its open shards, first and last: once they are known, no closed shard is reported.
    """

    ranges: Mapping[str, Range] = field(default_factory=dict)
    is_on_demand: bool = False
    stream_name: str = ""
    random: Random = field(default_factory=Random)
    _began_at: float = 0.0
    _current: Window = field(default_factory=dict)
    _before: Window = field(default_factory=dict)
    _uncounted: int = 0

    def describe(self, stream_name: str, ranges: Mapping[str, Range], *, is_on_demand: bool) -> None:
        """Note what is known of the stream, which the report needs."""
        self.stream_name, self.ranges, self.is_on_demand = stream_name, ranges, is_on_demand

    def add(self, shard_id: str, records: Sequence[DataRecord], now: float) -> None:
        """Count one answer of GetRecords; of shards beyond the first 500, records are not counted."""
        self._forget(now)
        if not records:
            return
        sample = self._current.get(shard_id)
        if sample is None:
            if len(self._current) >= MOST_SHARDS:
                self._uncounted += len(records)
                return
            sample = self._current[shard_id] = ShardSample.empty(self._capacity, self.random)
        sample.add(records)

    def clear(self) -> None:
        """Forget everything, after which no record is counted."""
        self._current, self._before, self._uncounted = {}, {}, 0

    def report(self, now: float) -> Report | None:
        """Return what the last 90 to 180 seconds of reading say, or None when nothing was read."""
        self._forget(now)
        known = {*self._before, *self._current}
        found = {shard_id: self._merged(shard_id) for shard_id in (known & set(self.ranges) if self.ranges else known)}
        times = [at for sample in found.values() for at in (sample.first_at, sample.last_at) if at is not None]
        if not times:
            return None
        since, until = min(times), max(times)
        busiest = sorted(found, key=lambda shard_id: (-found[shard_id].load, shard_id))[:SHARDS_REPORTED]
        return Report(
            stream_name=self.stream_name,
            since=since,
            until=until,
            records=sum(sample.by_records.total for sample in found.values()),
            bytes=sum(sample.by_bytes.total for sample in found.values()),
            uncounted=self._uncounted,
            shard_count=len(self.ranges) or len(found),
            is_on_demand=self.is_on_demand,
            shards=tuple(_shard_report(shard_id, found[shard_id], self.ranges.get(shard_id)) for shard_id in busiest),
        )

    @property
    def _capacity(self) -> int:
        return max(_LEAST_OF_SHARD, min(_MOST_OF_SHARD, _MOST_COUNTERS // max(1, len(self.ranges))))

    def _forget(self, now: float) -> None:
        age = now - self._began_at
        if age >= 2 * WINDOW_SECONDS:
            self.clear()
        elif age >= WINDOW_SECONDS:
            self._before, self._current, self._uncounted = self._current, {}, 0
        if age >= WINDOW_SECONDS:
            self._began_at = now

    def _merged(self, shard_id: str) -> ShardSample:
        merged = ShardSample.empty(self._capacity, self.random)
        for window in (self._current, self._before):
            if shard_id in window:
                merged.merge(window[shard_id])
        return merged


def _shard_report(shard_id: str, sample: ShardSample, hash_keys: Range | None) -> ShardReport:
    first = sample.by_records.heaviest(KEYS_REPORTED)
    others = [key for key in sample.by_bytes.heaviest(KEYS_REPORTED) if key not in first]
    return ShardReport(
        shard_id=shard_id,
        hash_keys=hash_keys,
        records=sample.by_records.total,
        bytes=sample.by_bytes.total,
        peak_records=sample.peak_records,
        peak_bytes=sample.peak_bytes,
        keys=tuple(_key_share(key, sample) for key in [*first, *others]),
        hashes=tuple(sorted(sample.hashes)),
    )


def _key_share(key: str, sample: ShardSample) -> KeyShare:
    records, sizes = sample.by_records.bounds(key), sample.by_bytes.bounds(key)
    return KeyShare(key, (records.least, records.most), (sizes.least, sizes.most))
