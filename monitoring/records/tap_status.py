"""What the tap does for a stream now, in Redis for the page: shards read, how often, how late, or why it cannot."""

import json
from dataclasses import asdict, dataclass
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

    @property
    def calls_per_second(self) -> str:
        """Return how many of the five calls per second and shard are used: "1", or "0.5–2" of several shards."""
        least, most = (f"{1 / seconds:.2g}" for seconds in (self.interval_seconds, self.shortest_interval))
        return least if least == most else f"{least}–{most}"

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


def news_times(now: datetime) -> dict[str, datetime]:
    """Return when a status was heard and when it expires, as its template shows them."""
    return {"heard_at": now, "expires_at": now + _NEWS_LIFETIME}


def store_status(uid: str, status: TapStatus) -> None:
    """Store the status of a stream's tap for 15 s; raises RedisError."""
    stored = asdict(status) | {
        name: message.as_json() if message else None
        for name, message in (("error", status.error), ("failing_reason", status.failing_reason))
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
    for name in ("error", "failing_reason"):
        stored[name] = from_json(stored[name]) if stored.get(name) else None
    try:
        return TapStatus(**stored)
    except TypeError:
        return None
