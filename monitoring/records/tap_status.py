"""What the tap does for a stream now, in Redis for the page: shards read, how often, how late, or why it cannot."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from redis import RedisError

from monitoring.series import shard_number
from portal import live
from portal.messages.formats import duration
from portal.messages.message import Message, from_json

_STORED_SECONDS = 15
_USUAL_INTERVAL_SECONDS = 1.0
STATUS_SECONDS = 3.0  # how often a tap repeats its status, so that a page notices when it stops
_NEWS_LIFETIME = timedelta(seconds=3 * STATUS_SECONDS)


@dataclass(frozen=True, slots=True)
class TapStatus:
    """The shards that are read and the seconds between two reads of a shard, or the error that prevents reading.

    Shards are read at their own pace: `interval_seconds` is the longest time between two reads, `shortest_seconds` the
    shortest. `lag_seconds` is how far the reader that is last is behind the newest record of its shard, `lag_shard`;
    None while it is not known. While only some shards cannot be read, `failing_shards` is their number and
    `failing_reason` the error of one. `behind_seconds` is set while records are read late, in whole seconds.
    `schema_problem` is why a schema is not known that records need. History reads `history_shards` of them too, each
    `history_calls` times a second; `least_calls` and `most_calls` are those of a shard with both together.
    """

    shards: int = 0
    interval_seconds: float = _USUAL_INTERVAL_SECONDS
    error: Message | None = None
    failing_shards: int = 0
    failing_reason: Message | None = None
    behind_seconds: int = 0
    shortest_seconds: float | None = None
    lag_seconds: int | None = 0
    lag_shard: str = ""
    schema_problem: Message | None = None
    history_shards: int = 0
    history_calls: float = 0.0
    least_calls: float | None = None
    most_calls: float | None = None
    # When the tap said so; a status is as old as that, whenever a page is loaded.
    heard_at: datetime | None = field(default=None, compare=False)

    @property
    def calls_per_second(self) -> str:
        """Return how many of the five calls per second and shard are used: "1", or "0.5–2" of several shards.

        Those of history are counted.
        """
        least = f"{self.least_calls or 1 / self.interval_seconds:.2g}"
        most = f"{self.most_calls or 1 / self.shortest_interval:.2g}"
        return least if least == most else f"{least}–{most}"

    @property
    def history_calls_per_second(self) -> str:
        """Return how many of them are for history, "" while it reads none of the shards."""
        return f"{self.history_calls:.2g}" if self.history_shards else ""

    @property
    def shortest_interval(self) -> float:
        """Return the seconds between two reads of the shard that is read most often."""
        return self.shortest_seconds or self.interval_seconds

    @property
    def lag(self) -> str:
        """Return how far the reader that is last is behind, as people say it."""
        return duration(self.lag_seconds or 0)

    @property
    def short_lag_shard(self) -> str:
        """Return the end of the ID of the shard whose reader is last."""
        return f"…{shard_number(self.lag_shard)}"

    @property
    def is_slowed(self) -> bool:
        """Return whether Kinesis throttled reads, so that the tap polls less often."""
        return self.interval_seconds > _USUAL_INTERVAL_SECONDS

    @property
    def lateness(self) -> Message | None:
        """Return how late records are read, with the cause, or None when they are read in time."""
        if not self.behind_seconds:
            return None
        if self.is_slowed:
            return Message("tap.behind_throttled", behind_seconds=self.behind_seconds)
        return Message("tap.behind", behind_seconds=self.behind_seconds)


def news_times(heard_at: datetime, now: datetime | None = None) -> dict[str, datetime | bool]:
    """Return when a status was heard and when it expires, as its template shows them; `now` is the page's time."""
    expires_at = heard_at + _NEWS_LIFETIME
    return {"heard_at": heard_at, "expires_at": expires_at, "is_expired": now is not None and expires_at <= now}


def store_status(uid: str, status: TapStatus, *, heard_at: datetime) -> None:
    """Store the status of a stream's tap, as of `heard_at`, for 15 s; raises RedisError."""
    stored = asdict(status) | {
        "heard_at": heard_at.isoformat(),
        "error": status.error.as_json() if status.error else None,
        "failing_reason": status.failing_reason.as_json() if status.failing_reason else None,
        "schema_problem": status.schema_problem.as_json() if status.schema_problem else None,
    }
    live.connect().set(f"tap_status:{uid}", json.dumps(stored), ex=_STORED_SECONDS)


def tap_status(uid: str) -> TapStatus | None:
    """Return the status of a stream's tap, or None when no tap reads it, or another version of Sluice does."""
    try:
        raw = live.connect().get(f"tap_status:{uid}")
    except RedisError:
        return None
    if raw is None:
        return None
    stored = json.loads(live.text(raw))
    for name in ("error", "failing_reason", "schema_problem"):
        stored[name] = from_json(stored[name]) if stored.get(name) else None
    try:
        stored["heard_at"] = datetime.fromisoformat(stored["heard_at"]) if "heard_at" in stored else None
        return TapStatus(**stored)
    except (TypeError, ValueError):
        return None
