"""What the tap does for a stream now, in Redis for the page: shards read, how often, or why it cannot read."""

import json
from dataclasses import dataclass

from redis import RedisError

from portal import live
from portal.messages.message import Message, from_json

_STORED_SECONDS = 15
_USUAL_INTERVAL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class TapStatus:
    """The shards that are read and the seconds between two reads of a shard, or the error that prevents reading."""

    shards: int = 0
    interval_seconds: float = _USUAL_INTERVAL_SECONDS
    error: Message | None = None

    @property
    def calls_per_second(self) -> str:
        """Return how many of the five calls per second and shard are used."""
        return f"{1 / self.interval_seconds:.2g}"

    @property
    def is_slowed(self) -> bool:
        """Return whether Kinesis throttled reads, so that the tap polls less often."""
        return self.interval_seconds > _USUAL_INTERVAL_SECONDS


def store_status(uid: str, status: TapStatus) -> None:
    """Store the status of a stream's tap for 15 s; raises RedisError."""
    error = status.error.as_json() if status.error else None
    stored = json.dumps({"shards": status.shards, "interval_seconds": status.interval_seconds, "error": error})
    live.connect().set(f"tap_status:{uid}", stored, ex=_STORED_SECONDS)


def tap_status(uid: str) -> TapStatus | None:
    """Return the status of a stream's tap, or None when no tap reads it."""
    try:
        raw = live.connect().get(f"tap_status:{uid}")
    except RedisError:
        return None
    if raw is None:
        return None
    stored = json.loads(live.text(raw))
    error = from_json(stored["error"]) if stored["error"] else None
    return TapStatus(stored["shards"], stored["interval_seconds"], error)
