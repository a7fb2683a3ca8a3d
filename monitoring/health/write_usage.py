"""How much of the write limits a stream and its shards use, and which shards use the most. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitoring.health.aggregates import MINUTE_SECONDS, highest, since
from monitoring.health.inputs import WriteLimit
from monitoring.series import Metrics, Points, ShardSeries, StreamSeries
from monitoring.watched_streams import SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND, WatchedStream

HIGH_USAGE_SHARE = 0.8
RECENT = timedelta(minutes=5)
_RECENT_POINTS = 5


@dataclass(frozen=True, slots=True, order=True)
class WriteUsage:
    """The used share (0 to 1) of a write limit; `shard_id` is empty for the whole stream."""

    share: float
    is_bytes: bool
    shard_id: str
    shards: int

    @property
    def limit(self) -> WriteLimit:
        """Return the limit that the share is of."""
        if self.is_bytes:
            return WriteLimit("bytes", self.shards * SHARD_BYTES_PER_SECOND)
        return WriteLimit("records", self.shards * SHARD_RECORDS_PER_SECOND)


def usage_per_minute(metrics: Metrics, shards: int = 1) -> Points:
    """Return the share (0 to 1) of the write limit used in each minute: the larger of records and bytes."""
    records = dict(metrics.get("records", ()))
    sizes = dict(metrics.get("bytes", ()))
    seconds = MINUTE_SECONDS * shards
    return tuple(
        (
            at,
            max(records.get(at, 0.0) / SHARD_RECORDS_PER_SECOND, sizes.get(at, 0.0) / SHARD_BYTES_PER_SECOND) / seconds,
        )
        for at in sorted({*records, *sizes})
    )


def highest_usage(series: StreamSeries, *, shards: int | None) -> WriteUsage | None:
    """Return the highest usage of the last five minutes: of the stream, or of one shard where shards are known.

    Without the number of open shards the stream's own limit is unknown.
    """
    candidates = [] if shards is None else [_peak(_recent(series.stream, series.end), "", shards)]
    if len(series.shards) > 1:
        candidates += [_peak(_recent(shard.metrics, series.end), shard.shard_id, 1) for shard in series.shards]
    return max((usage for usage in candidates if usage is not None), default=None)


def needs_shards(stream: WatchedStream, series: StreamSeries) -> bool:
    """Return whether a shard alone can be near its limit: the stream carries that much, or writes were throttled."""
    if not stream.has_shard_metrics or stream.shards == 1:
        return False
    recent = _recent(series.stream, series.end)
    if any(value for _, value in recent.get("throttled_writes", ())):
        return True
    return any(share > HIGH_USAGE_SHARE for _, share in usage_per_minute(recent))


def usage_by_shard(series: StreamSeries) -> dict[str, float]:
    """Return the highest share of its write limit that each shard used in the last five minutes.

    A shard without a point got no records; where CloudWatch withheld some, it is left out.
    """
    shares = {
        shard.shard_id: [share for _, share in usage_per_minute(_recent(shard.metrics, series.end))]
        for shard in series.shards
    }
    return {shard_id: max(found, default=0.0) for shard_id, found in shares.items() if found or series.gap is None}


def busiest_shards(series: StreamSeries, most: int) -> StreamSeries:
    """Return the series with at most so many shards: those closest to their write limit now, in their old order."""
    by_usage = sorted(range(len(series.shards)), key=lambda place: -_usage_now(series.shards[place]))
    kept = tuple(series.shards[place] for place in sorted(by_usage[:most]))
    omitted = series.omitted_shards + len(series.shards) - len(kept)
    return replace(series, shards=kept, omitted_shards=omitted)


def _peak(metrics: Metrics, shard_id: str, shards: int) -> WriteUsage | None:
    records, sizes = highest(metrics.get("records", ())), highest(metrics.get("bytes", ()))
    if records is None and sizes is None:
        return None
    seconds = MINUTE_SECONDS * shards
    return max(
        WriteUsage((records or 0) / (SHARD_RECORDS_PER_SECOND * seconds), False, shard_id, shards),
        WriteUsage((sizes or 0) / (SHARD_BYTES_PER_SECOND * seconds), True, shard_id, shards),
    )


def _usage_now(shard: ShardSeries) -> float:
    newest = {name: points[-_RECENT_POINTS:] for name, points in shard.metrics.items()}
    return max((share for _, share in usage_per_minute(newest)[-_RECENT_POINTS:]), default=0.0)


def _recent(metrics: Metrics, end: datetime) -> Metrics:
    return {name: since(points, end - RECENT) for name, points in metrics.items()}
