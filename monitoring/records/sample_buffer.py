"""The newest decoded records of a watched stream, in Redis: at most 500, and none for longer than five minutes."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from redis import Redis, RedisError

from monitoring.records.record_row import RecordRow, from_json
from portal import live

MAX_ROWS = 500
MAX_AGE_SECONDS = 300
REPLAY_SECONDS = live.LAST_SECONDS
FRESH_SECONDS = MAX_AGE_SECONDS - REPLAY_SECONDS  # an event may repeat a row for as long again as it is replayed


@dataclass(slots=True)
class SampleBuffer:
    """The rows of one stream. Only the tap that holds the stream's lease writes; it knows how old each row is."""

    uid: str
    redis: Redis
    _added_at: deque[float] = field(default_factory=deque)

    def add(self, rows: Sequence[RecordRow], *, now: float) -> None:
        """Add rows, newest first, and drop those that are too old or too many. `now` in seconds; raises RedisError."""
        self._added_at.extendleft([now] * len(rows))
        while self._added_at and (len(self._added_at) > MAX_ROWS or now - self._added_at[-1] > FRESH_SECONDS):
            self._added_at.pop()
        key = f"rows:{self.uid}"
        with self.redis.pipeline() as pipe:
            if rows:
                pipe.lpush(key, *[row.to_json() for row in reversed(rows)])
            if self._added_at:
                pipe.ltrim(key, 0, len(self._added_at) - 1)
                pipe.expire(key, max(1, int(MAX_AGE_SECONDS - (now - self._added_at[-1]))))
            else:
                pipe.delete(key)
            pipe.execute()

    def clear(self) -> None:
        """Remove all rows; raises RedisError."""
        self._added_at.clear()
        self.redis.delete(f"rows:{self.uid}")


def newest_rows(uid: str, limit: int = MAX_ROWS) -> list[RecordRow]:
    """Return the buffered rows of a stream, newest first; none when Redis is unavailable.

    Rows that another version of Sluice wrote are left out; they are gone after five minutes.
    """
    try:
        raw = live.connect().lrange(f"rows:{uid}", 0, limit - 1)
    except RedisError:
        return []
    return [row for stored in raw if (row := _row(live.text(stored))) is not None]


def _row(stored: str) -> RecordRow | None:
    try:
        return from_json(stored)
    except (ValueError, KeyError, TypeError):
        return None


def monotonic_seconds() -> float:
    """Return a clock that only goes forward."""
    return time.monotonic()
