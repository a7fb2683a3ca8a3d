"""From series to the figures that the rules judge. Pure: the moment is handed in."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitoring.health import DeliveryFigures, Figures
from monitoring.selectors import BYTES_A_SHARD, RECORDS_A_SHARD, WatchedDelivery, WatchedStream
from monitoring.series import Metrics, Points, ShardSeries, StreamSeries

RECENT = timedelta(minutes=5)
DELIVERY_RECENT = timedelta(minutes=15)  # Firehose publishes every five minutes
SPARK_BUCKETS = 36
_MINUTE = 60
_MINUTES_NOW = 5


def figures_of(stream: WatchedStream, series: StreamSeries, *, now: datetime) -> Figures:
    """Return the figures of one stream at the end of its series."""
    recent = {name: _since(points, series.end - RECENT) for name, points in series.stream.items()}
    deliveries = [delivery_figures(one, series) for one in stream.deliveries]
    use, limit, shard = _busiest(stream, recent, series)
    last = last_record_at(stream, series)
    return Figures(
        records_per_second=_rate(recent.get("records", ())),
        bytes_per_second=_rate(recent.get("bytes", ())),
        use=use,
        binding_limit=limit,
        busiest_shard=shard,
        throttled_writes=_sum(recent.get("throttled_writes", ())),
        throttled_reads=_sum(recent.get("throttled_reads", ())),
        iterator_age_seconds=_scaled(_highest(recent.get("iterator_age", ())), 0.001),
        deliveries=tuple(deliveries),
        silent_for_seconds=(series.end - last).total_seconds() if last else None,
        retention_hours=stream.retention_hours,
        live_for_seconds=(now - stream.live_since).total_seconds(),
        credential_unused_for_seconds=(
            (now - stream.credential_ready_since).total_seconds() if stream.credential_ready_since else None
        ),
        degraded=stream.degraded,
        degraded_todo=stream.degraded_todo,
    )


def delivery_figures(delivery: WatchedDelivery, series: StreamSeries) -> DeliveryFigures:
    """Return the figures of one Firehose stream at the end of a series."""

    def recent(key: str) -> Points:
        return _since(series.stream.get(f"{key}:{delivery.name}", ()), series.end - DELIVERY_RECENT)

    return DeliveryFigures(
        name=delivery.name,
        title=delivery.title,
        buffering_seconds=delivery.buffering_seconds,
        freshness_seconds=_newest(recent("freshness")),
        success=_newest(recent("success")),
        delivered=_sum(recent("delivered")),
    )


def last_record_at(stream: WatchedStream, series: StreamSeries) -> datetime | None:
    """Return the end of the last minute in which records arrived, remembered beyond what the series holds."""
    seen = [at + timedelta(seconds=_MINUTE) for at, value in series.stream.get("records", ()) if value > 0]
    known = [moment for moment in (*seen, stream.last_record_at) if moment is not None]
    return min(max(known), series.end) if known else None


def shard_use(metrics: Metrics, shards: int = 1) -> Points:
    """Return the share (0 to 1) of the write limit used in each minute: the larger of records and bytes."""
    records = dict(metrics.get("records", ()))
    sizes = dict(metrics.get("bytes", ()))
    return tuple(
        (at, max(records.get(at, 0.0) / RECORDS_A_SHARD, sizes.get(at, 0.0) / BYTES_A_SHARD) / (_MINUTE * shards))
        for at in sorted({*records, *sizes})
    )


def busiest_shards(series: StreamSeries, most: int) -> StreamSeries:
    """Return the series with only so many shards, those nearest to their write limit now, in the order they had."""
    by_use = sorted(range(len(series.shards)), key=lambda place: -_use_now(series.shards[place]))
    drawn = tuple(series.shards[place] for place in sorted(by_use[:most]))
    left_out = series.shards_left_out + len(series.shards) - len(drawn)
    return replace(series, shards=drawn, shards_left_out=left_out)


def sparkline_of(series: StreamSeries) -> list[float | None]:
    """Return 36 average rates in records per second over the whole series; None where there was no data."""
    width = (series.end - series.start) / SPARK_BUCKETS
    buckets: list[list[float]] = [[] for _ in range(SPARK_BUCKETS)]
    for at, value in series.stream.get("records", ()):
        place = int((at - series.start) / width)
        if 0 <= place < SPARK_BUCKETS:
            buckets[place].append(value / _MINUTE)
    return [round(sum(bucket) / len(bucket), 3) if bucket else None for bucket in buckets]


def per_second(points: Points) -> Points:
    """Return sums over a minute as rates per second."""
    return tuple((at, value / _MINUTE) for at, value in points)


def short(shard_id: str) -> str:
    """Return a shard as people name it: "Shard 0006"."""
    return f"Shard {shard_id[-4:]}"


def _busiest(stream: WatchedStream, recent: Metrics, series: StreamSeries) -> tuple[float | None, str, str]:
    candidates = [("", _peak(recent, stream.shards), stream.shards)]
    if len(series.shards) > 1:
        candidates += [(short(shard.shard_id), _peak(_recent(shard, series.end), 1), 1) for shard in series.shards]
    known = [(peak[0], peak[1], name, shards) for name, peak, shards in candidates if peak is not None]
    if not known:
        return None, "", ""
    use, is_bytes, name, shards = max(known)
    limit = f"{shards} MB/s" if is_bytes else f"{shards * RECORDS_A_SHARD:,} records/s"
    return use, limit, name


def _peak(metrics: Metrics, shards: int) -> tuple[float, bool] | None:
    by_records = _highest(metrics.get("records", ()))
    by_bytes = _highest(metrics.get("bytes", ()))
    if by_records is None and by_bytes is None:
        return None
    return max(
        ((by_records or 0) / (RECORDS_A_SHARD * shards * _MINUTE), False),
        ((by_bytes or 0) / (BYTES_A_SHARD * shards * _MINUTE), True),
    )


def _use_now(shard: ShardSeries) -> float:
    newest = {name: points[-_MINUTES_NOW:] for name, points in shard.metrics.items()}
    return max((share for _, share in shard_use(newest)[-_MINUTES_NOW:]), default=0.0)


def _recent(shard: ShardSeries, end: datetime) -> Metrics:
    return {name: _since(points, end - RECENT) for name, points in shard.metrics.items()}


def _since(points: Points, start: datetime) -> Points:
    return tuple((at, value) for at, value in points if at >= start)


def _rate(points: Points) -> float | None:
    return sum(value for _, value in points) / (_MINUTE * len(points)) if points else None


def _sum(points: Points) -> float | None:
    return sum(value for _, value in points) if points else None


def _highest(points: Points) -> float | None:
    return max((value for _, value in points), default=None)


def _newest(points: Points) -> float | None:
    return points[-1][1] if points else None


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
