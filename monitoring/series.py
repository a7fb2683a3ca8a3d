"""A stream's metrics as CloudWatch gave them, kept in Redis for the page. What Redis loses, a collection brings.

Times are whole minutes in UTC. A minute without a point had no data.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from redis import RedisError

from portal import live

KEEP_SECONDS = 900
Points = tuple[tuple[datetime, float], ...]
Metrics = dict[str, Points]


@dataclass(frozen=True, slots=True)
class ShardSeries:
    """One open shard: its share of all hash keys (from, to; 0 to 1) and its metrics."""

    shard_id: str
    first_share: float
    last_share: float
    parents: tuple[str, ...] = ()
    metrics: Metrics = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StreamSeries:
    """All that was read of one stream between `start` and `end`; `shards` is empty while nobody looks.

    `shards_left_out` counts the shards that were read and are not among `shards`.
    """

    start: datetime
    end: datetime
    stream: Metrics
    shards: tuple[ShardSeries, ...] = ()
    shards_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A series as it is kept, not read yet: what is equal reads the same."""

    text: str

    @property
    def has_shards(self) -> bool:
        """Tell, without reading all of it, whether there are series of single shards."""
        return '"shards": []' not in self.text


def keep(uid: str, series: StreamSeries) -> Written:
    """Keep a series for 15 minutes, and return it as it is kept; does not raise when Redis is away."""
    written = Written(json.dumps(_written(series)))
    # Without Redis: the next collection tries again; the page says that there are no figures yet.
    with suppress(RedisError):
        live.connect().set(f"series:{uid}", written.text, ex=KEEP_SECONDS)
    return written


def kept(uid: str) -> Written | None:
    """Return the series of the last collection, or None when there is none."""
    try:
        raw = live.connect().get(f"series:{uid}")
    except RedisError:
        return None
    return Written(live.text(raw)) if raw else None


def read(written: Written) -> StreamSeries:
    """Return what was written."""
    raw = json.loads(written.text)
    return StreamSeries(
        start=datetime.fromisoformat(raw["start"]),
        end=datetime.fromisoformat(raw["end"]),
        stream=_metrics(raw["stream"]),
        shards=tuple(
            ShardSeries(
                shard["shard_id"],
                shard["first_share"],
                shard["last_share"],
                tuple(shard["parents"]),
                _metrics(shard["metrics"]),
            )
            for shard in raw["shards"]
        ),
        shards_left_out=raw.get("shards_left_out", 0),
    )


def _metrics(raw: dict[str, Any]) -> Metrics:
    return {
        name: tuple((datetime.fromtimestamp(at, UTC), value) for at, value in points) for name, points in raw.items()
    }


def _written(series: StreamSeries) -> dict[str, object]:
    return {
        "start": series.start.isoformat(),
        "end": series.end.isoformat(),
        "stream": _numbers(series.stream),
        "shards": [
            {
                "shard_id": shard.shard_id,
                "first_share": shard.first_share,
                "last_share": shard.last_share,
                "parents": shard.parents,
                "metrics": _numbers(shard.metrics),
            }
            for shard in series.shards
        ],
        "shards_left_out": series.shards_left_out,
    }


def _numbers(metrics: Metrics) -> dict[str, list[tuple[int, float]]]:
    return {name: [(int(at.timestamp()), value) for at, value in points] for name, points in metrics.items()}
