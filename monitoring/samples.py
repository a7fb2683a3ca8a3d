"""The newest decoded records of a watched stream, in Redis: at most 500, and none older than five minutes there."""

import json
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from redis import Redis, RedisError

from monitoring.records import Row, from_json
from portal import live

MOST_ROWS = 500
LONGEST_SECONDS = 300
REPLAY_SECONDS = live.LAST_SECONDS
YOUNG_SECONDS = LONGEST_SECONDS - REPLAY_SECONDS  # an event may repeat a row for as long again as it is replayed
_STATUS_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tap does for a stream now: shards read, seconds between two reads of a shard, or why it cannot read."""

    shards: int = 0
    interval: float = 1.0
    refusal: str = ""
    todo: str = ""

    @property
    def calls(self) -> str:
        """Return the share of AWS's five calls a second and shard, as words."""
        used = f"{1 / self.interval:.2g}"
        return f"reads {used} of 5 calls/s per shard"

    @property
    def is_slowed(self) -> bool:
        """Tell whether Kinesis refused reads, so that the tap asks less often."""
        return self.interval > 1.0


@dataclass(slots=True)
class Shelf:
    """The rows of one stream. Only the tap that holds the stream's lease writes; it knows how old each row is."""

    uid: str
    redis: Redis
    _ages: deque[float] = field(default_factory=deque)

    def put(self, rows: Sequence[Row], *, now: float) -> None:
        """Add rows, newest first, and let go of what is too old or too much. `now` in seconds; raises RedisError."""
        self._ages.extendleft([now] * len(rows))
        while self._ages and (len(self._ages) > MOST_ROWS or now - self._ages[-1] > YOUNG_SECONDS):
            self._ages.pop()
        key = f"rows:{self.uid}"
        with self.redis.pipeline() as pipe:
            if rows:
                pipe.lpush(key, *[row.to_json() for row in reversed(rows)])
            if self._ages:
                pipe.ltrim(key, 0, len(self._ages) - 1)
                pipe.expire(key, max(1, int(LONGEST_SECONDS - (now - self._ages[-1]))))
            else:
                pipe.delete(key)
            pipe.execute()

    def clear(self) -> None:
        """Forget all rows; raises RedisError."""
        self._ages.clear()
        self.redis.delete(f"rows:{self.uid}")


def newest(uid: str, limit: int = MOST_ROWS) -> list[Row]:
    """Return the rows that lie there, newest first; none when Redis is away."""
    try:
        raw = live.connect().lrange(f"rows:{uid}", 0, limit - 1)
    except RedisError:
        return []
    return [from_json(live.text(one)) for one in raw]


def say(uid: str, reading: Reading) -> None:
    """Say for 15 s what the tap does; raises RedisError."""
    live.connect().set(f"reading:{uid}", json.dumps(asdict(reading)), ex=_STATUS_SECONDS)


def reading(uid: str) -> Reading | None:
    """Return what the tap does for a stream, or None when it does nothing."""
    try:
        raw = live.connect().get(f"reading:{uid}")
    except RedisError:
        return None
    return Reading(**json.loads(live.text(raw))) if raw else None


def seconds() -> float:
    """Return a clock that only goes forward."""
    return time.monotonic()
