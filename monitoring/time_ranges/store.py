"""Metrics of time ranges in Redis: what was read, or why it could not be; one for all who look at the same range."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import RedisError

from monitoring.time_ranges.range_metrics import RangeMetrics
from monitoring.time_ranges.time_range import TimeRange
from portal import live
from portal.messages.message import Message, from_json

Shards = tuple[str, ...]
_SHARD = "shardId-"
KEPT_SECONDS = 900
REQUESTED_SECONDS = 60
# Each costs the client about as much as an hour of being watched. A person who zooms needs a dozen.
MOST_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a stream in a time range: its metrics, or why there are none."""

    metrics: RangeMetrics | None = None
    problem: Message | None = None


def name_of(time_range: TimeRange, shards: Shards) -> str:
    """Return a short name of a range with the metrics of these shards, for keys and tasks."""
    return "+".join([time_range.name, *(shard.removeprefix(_SHARD) for shard in shards)])


def of_name(name: str) -> tuple[TimeRange, Shards]:
    """Return the range and the shards that `name` describes."""
    time_range, *shards = name.split("+")
    return TimeRange.of_name(time_range), tuple(f"{_SHARD}{shard}" for shard in shards)


def stored(uid: str, time_range: TimeRange, shards: Shards = ()) -> Stored | None:
    """Return what was read with the metrics of these shards; None if nothing was yet."""
    try:
        raw = live.connect().get(_key(uid, time_range, shards))
    except RedisError:
        return Stored(problem=Message("range.no_redis"))
    if not raw:
        return None
    found = json.loads(live.text(raw))
    if "problem" in found:
        return Stored(problem=from_json(found["problem"]))
    return Stored(RangeMetrics(_metrics(found["metrics"]), tuple(found["withheld"])))


def keep(uid: str, time_range: TimeRange, read: RangeMetrics, shards: Shards = ()) -> None:
    """Keep what was read for a quarter of an hour."""
    metrics = {name: [(int(at.timestamp()), value) for at, value in points] for name, points in read.metrics.items()}
    content = {"metrics": metrics, "withheld": read.withheld}
    _write(_key(uid, time_range, shards), content, KEPT_SECONDS)


def keep_problem(uid: str, time_range: TimeRange, problem: Message, shards: Shards = ()) -> None:
    """Keep why it could not be read, for a minute; then it may be requested again."""
    _write(_key(uid, time_range, shards), {"problem": problem.as_json()}, REQUESTED_SECONDS)


def is_first_request(uid: str, time_range: TimeRange, shards: Shards = ()) -> bool:
    """Return whether no one has requested this range in the last minute, and note the request.

    Raises TooMany when the stream had its share of the hour.
    """
    redis = live.connect()
    if not redis.set(f"range_requested:{uid}:{name_of(time_range, shards)}", "1", nx=True, ex=REQUESTED_SECONDS):
        return False
    count = f"ranges_requested:{uid}"
    requested = int(redis.incr(count))
    if requested == 1:
        redis.expire(count, 3600)
    if requested > MOST_AN_HOUR:
        raise TooMany
    return True


class TooMany(Exception):
    """Too many time ranges of a stream were requested in an hour."""


def _write(key: str, content: dict[str, Any], seconds: int) -> None:
    with suppress(RedisError):  # the page requests it again
        live.connect().set(key, json.dumps(content), ex=seconds)


def _metrics(raw: dict[str, Any]) -> dict[str, tuple[tuple[datetime, float], ...]]:
    return {
        name: tuple((datetime.fromtimestamp(at, UTC), value) for at, value in points) for name, points in raw.items()
    }


def _key(uid: str, time_range: TimeRange, shards: Shards) -> str:
    return f"range:{uid}:{name_of(time_range, shards)}"
