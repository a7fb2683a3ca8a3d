"""How often history is read from a shard, in Redis: its part of Sluice's budget of reads, which the tap shares.

A shard answers five reads and 2 MB a second, to all who read it. Sluice makes at most two of the five. While the tap
reads the stream, history has one of the two, fewer while Kinesis throttles the tap, and half of the bytes; the tap then
leaves them (`monitoring.tap.read_budget`). So that it can, history announces a shard before its first read.
https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from monitoring.records.tap_status import tap_status

SECONDS_ALONE = 0.5
SECONDS_BESIDE_TAP = 1.0
BYTES_PER_SECOND = 1_000_000
THROTTLED_SECONDS = 3.0
CHECK_SECONDS = 0.5  # how often the tap checks which shards are announced
SETTLING_SECONDS = 1.5  # until the tap has made the last read of its faster pace
_ANNOUNCED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ReadTurns:
    """The turns of one stream, shared by all who read its history."""

    uid: str
    redis: "Redis"

    def wait_for(self, shard_id: str) -> float:
        """Reserve the next read of a shard and return 0, or return for how many seconds to wait; raises RedisError."""
        key, beside = self._key(shard_id), self._seconds_beside_tap()
        is_new = self._announce(shard_id)
        if beside is not None and is_new:
            self.redis.set(key, "1", nx=True, px=int(1000 * SETTLING_SECONDS))
        elif self.redis.set(key, "1", nx=True, px=int(1000 * (beside or SECONDS_ALONE))):
            return 0.0
        return max(0.01, int(self.redis.pttl(key)) / 1000)

    def note_bytes(self, shard_id: str, count: int) -> None:
        """Make the next read wait for as long as so many bytes take; raises RedisError."""
        seconds = count / BYTES_PER_SECOND
        if seconds > (self._seconds_beside_tap() or SECONDS_ALONE):
            self.redis.set(self._key(shard_id), "1", px=int(1000 * seconds))

    def most_records(self, limit: int, record_size: float) -> int:
        """Return how many records of about so many bytes a read may return, `limit` at most; raises RedisError.

        Beside the tap no more than history may read in a second: after more, Kinesis would throttle the tap.
        """
        if self._seconds_beside_tap() is None:
            return limit
        return max(1, min(limit, int(BYTES_PER_SECOND / record_size)))

    def note_throttled(self, shard_id: str) -> None:
        """Make the next read wait, because others read the shard as often as it allows; raises RedisError."""
        self.redis.set(self._key(shard_id), "1", px=int(1000 * THROTTLED_SECONDS))

    def announced(self, shard_ids: Sequence[str]) -> frozenset[str]:
        """Return which of the shards history reads now, or will in a moment; raises RedisError."""
        if not shard_ids or not self.redis.exists(self._announcement()):
            return frozenset()
        found = cast("list[Any]", self.redis.mget([self._announcement(shard_id) for shard_id in shard_ids]))
        return frozenset(shard_id for shard_id, value in zip(shard_ids, found, strict=True) if value is not None)

    def _announce(self, shard_id: str) -> bool:
        """Announce the reads of a shard for the next seconds; return whether they were not announced before."""
        milliseconds = int(1000 * _ANNOUNCED_SECONDS)
        self.redis.set(self._announcement(), "1", px=milliseconds)
        return self.redis.set(self._announcement(shard_id), "1", px=milliseconds, get=True) is None

    def _seconds_beside_tap(self) -> float | None:
        status = tap_status(self.uid)
        return None if status is None else max(SECONDS_BESIDE_TAP, status.interval_seconds)

    def _announcement(self, shard_id: str = "") -> str:
        return f"history_reading:{self.uid}:{shard_id}"

    def _key(self, shard_id: str) -> str:
        return f"read_turn:{self.uid}:{shard_id}"
