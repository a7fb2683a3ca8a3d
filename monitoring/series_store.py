"""The series of each stream's last collection, in Redis for the pages.

If Redis loses one, the next collection stores it again. A stored series stays text until it is parsed, so that pages
can compare two without reading them.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import RedisError

from monitoring.series import Metrics, ShardSeries, StreamSeries
from portal import live

STORED_SECONDS = 3900  # longer than any stream waits to be read again


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A series as Redis holds it: equal texts are equal series."""

    text: str

    @property
    def has_shards(self) -> bool:
        """Return whether there are series of single shards, without parsing the text."""
        return '"shards": []' not in self.text


def store(uid: str, series: StreamSeries) -> StoredSeries:
    """Store a series for 65 minutes and return it as stored; does not raise when Redis is unavailable."""
    stored = StoredSeries(json.dumps(_as_json(series)))
    # Without Redis: the next collection tries again; until then the page says that there are no metrics yet.
    with suppress(RedisError):
        live.connect().set(f"series:{uid}", stored.text, ex=STORED_SECONDS)
    return stored


def stored_series(uid: str) -> StoredSeries | None:
    """Return the series of the last collection, or None when there is none."""
    try:
        raw = live.connect().get(f"series:{uid}")
    except RedisError:
        return None
    return StoredSeries(live.text(raw)) if raw else None


def parse(stored: StoredSeries) -> StreamSeries:
    """Return the series that was stored."""
    raw = json.loads(stored.text)
    return StreamSeries(
        start=datetime.fromisoformat(raw["start"]),
        end=datetime.fromisoformat(raw["end"]),
        stream=_metrics(raw["stream"]),
        shards=tuple(_shard(shard) for shard in raw["shards"]),
        omitted_shards=raw.get("omitted_shards", 0),
    )


def _shard(raw: dict[str, Any]) -> ShardSeries:
    parents, metrics = tuple(raw["parents"]), _metrics(raw["metrics"])
    return ShardSeries(raw["shard_id"], raw["first_share"], raw["last_share"], parents, metrics)


def _metrics(raw: dict[str, Any]) -> Metrics:
    return {
        name: tuple((datetime.fromtimestamp(at, UTC), value) for at, value in points) for name, points in raw.items()
    }


def _as_json(series: StreamSeries) -> dict[str, object]:
    return {
        "start": series.start.isoformat(),
        "end": series.end.isoformat(),
        "stream": _timestamps(series.stream),
        "shards": [
            {
                "shard_id": shard.shard_id,
                "first_share": shard.first_share,
                "last_share": shard.last_share,
                "parents": shard.parents,
                "metrics": _timestamps(shard.metrics),
            }
            for shard in series.shards
        ],
        "omitted_shards": series.omitted_shards,
    }


def _timestamps(metrics: Metrics) -> dict[str, list[tuple[int, float]]]:
    return {name: [(int(at.timestamp()), value) for at, value in points] for name, points in metrics.items()}
