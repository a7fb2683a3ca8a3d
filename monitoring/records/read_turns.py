"""How often history is read from a shard, in Redis: what is left of a shard's reads beside the tap and the client.

A shard answers five reads and 2 MB a second, to all who read it. The tap has up to two of the five; history has one
while the tap reads the stream, else two, and half of the bytes.
https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from dataclasses import dataclass

from redis import Redis

from monitoring.records.tap_status import tap_status

SECONDS_ALONE = 0.5
SECONDS_BESIDE_TAP = 1.0
BYTES_PER_SECOND = 1_000_000
THROTTLED_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class ReadTurns:
    """The turns of one stream, shared by all who read its history."""

    uid: str
    redis: Redis

    def wait_for(self, shard_id: str) -> float:
        """Reserve the next read of a shard and return 0, or return for how many seconds to wait; raises RedisError."""
        key = self._key(shard_id)
        if self.redis.set(key, "1", nx=True, px=int(1000 * self._seconds())):
            return 0.0
        return max(0.01, int(self.redis.pttl(key)) / 1000)

    def note_bytes(self, shard_id: str, count: int) -> None:
        """Make the next read wait for as long as so many bytes take; raises RedisError."""
        seconds = count / BYTES_PER_SECOND
        if seconds > self._seconds():
            self.redis.set(self._key(shard_id), "1", px=int(1000 * seconds))

    def note_throttled(self, shard_id: str) -> None:
        """Make the next read wait, because others read the shard as often as it allows; raises RedisError."""
        self.redis.set(self._key(shard_id), "1", px=int(1000 * THROTTLED_SECONDS))

    def _seconds(self) -> float:
        return SECONDS_ALONE if tap_status(self.uid) is None else SECONDS_BESIDE_TAP

    def _key(self, shard_id: str) -> str:
        return f"read_turn:{self.uid}:{shard_id}"
