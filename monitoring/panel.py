"""The metrics panel and the board's row: everything their templates draw, worked out once for all who look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString

from monitoring.charts import Chart, Frame, Limit, Points, line_chart, sparkline
from monitoring.figures import busiest_shards, per_second, shard_use, short
from monitoring.health import BUSY, LATE_READER_SECONDS, DeliveryFigures, duration, percent, rate
from monitoring.heatmap import heatmap
from monitoring.models import StreamHealth
from monitoring.selectors import BYTES_A_SHARD, RECORDS_A_SHARD, WatchedDelivery, WatchedStream
from monitoring.series import ShardSeries, StreamSeries

MOST_SHARDS_DRAWN = 24
_SHARD_HOURS = 1
_KIB, _MIB = 1024.0, 1024.0 * 1024
_SPANS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=3))


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its unit; "–" where AWS gave none."""

    label: str
    value: str
    unit: str
    note: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class ShardPanel:
    """One open shard: its chart and where in the range of hash keys it stands."""

    shard_id: str
    name: str
    keys: str
    parents: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One Firehose stream: where to, how it does, and its three figures of the last 15 minutes."""

    title: str
    name: str
    state: str
    word: str
    freshness: str
    success: str
    delivered: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What the metrics panel of one stream shows."""

    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]
    shards: tuple[ShardPanel, ...]
    shards_left_out: int
    heat: SafeString
    span: str
    until: datetime | None
    deliveries: tuple[DeliveryLine, ...] = ()


def panel_of(stream: WatchedStream, health: StreamHealth | None, series: StreamSeries | None) -> Panel:
    """Return the panel for what is known; without series the tiles say so and there are no charts."""
    numbers = health.numbers if health else {}
    tiles = tiles_of(stream, numbers)
    if series is None:
        return Panel(tiles, (), (), 0, SafeString(""), "", None, delivery_lines(stream, numbers))
    drawn = busiest_shards(series, MOST_SHARDS_DRAWN)  # a collection keeps no more, but may hand in all
    return Panel(
        tiles=tiles,
        charts=_stream_charts(stream, series),
        shards=tuple(sorted((_shard(shard, series) for shard in drawn.shards), key=lambda one: one.shard_id)),
        shards_left_out=drawn.shards_left_out,
        heat=_heat(drawn),
        span=_span(series),
        until=series.end,
        deliveries=delivery_lines(stream, numbers),
    )


def tiles_of(stream: WatchedStream, numbers: Mapping[str, Any]) -> tuple[Tile, ...]:
    """Return the tiles at the head of a stream's page."""
    age, use = numbers.get("iterator_age_seconds"), numbers.get("use")
    tiles = [
        Tile("Incoming", _said(numbers.get("records_per_second"), rate), "records/s", stream.size),
        _bytes_tile(stream, numbers.get("bytes_per_second")),
        Tile(
            "Use of the write limit",
            _said(use, percent),
            "%",
            _use_note(numbers),
            "attention" if use is not None and use > BUSY else "",
        ),
        _time_tile("Iterator age", age, "the slowest reader", LATE_READER_SECONDS),
    ]
    if stream.deliveries:
        tiles.append(_freshness_tile(deliveries_of(numbers)))
    return tuple(tiles)


def deliveries_of(numbers: Mapping[str, Any]) -> list[DeliveryFigures]:
    """Return the figures of each Firehose stream as the last collection left them."""
    return [DeliveryFigures(**one) for one in numbers.get("deliveries", ())]


def _freshness_tile(deliveries: list[DeliveryFigures]) -> Tile:
    known = [one for one in deliveries if one.freshness_seconds is not None]
    if not known:
        return Tile("Delivery freshness", "–", "", "no data")
    worst = max(known, key=lambda one: one.freshness_seconds or 0)
    note = "oldest record not delivered" if len(deliveries) == 1 else f"oldest not delivered, {worst.title}"
    return _time_tile("Delivery freshness", worst.freshness_seconds, note, worst.patience_seconds)


def delivery_lines(stream: WatchedStream, numbers: Mapping[str, Any]) -> tuple[DeliveryLine, ...]:
    """Return a line for each Firehose stream of a stream's page."""
    known = {one.name: one for one in deliveries_of(numbers)}
    return tuple(_delivery_line(one, known.get(one.name)) for one in stream.deliveries)


def _delivery_line(delivery: WatchedDelivery, known: DeliveryFigures | None) -> DeliveryLine:
    state, word = "unknown", "no data"
    if known and (known.freshness_seconds is not None or known.success is not None):
        state, word = ("failing", "failing") if known.is_failing else ("healthy", "delivering")
        if state == "healthy" and known.is_late:
            state, word = "attention", "late"
    return DeliveryLine(
        title=delivery.title,
        name=delivery.name,
        state=state,
        word=word,
        freshness=_said(known.freshness_seconds if known else None, duration),
        success=_said(known.success if known else None, lambda share: f"{100 * share:.0f} %"),
        delivered=_said(known.delivered if known else None, lambda count: f"{count:,.0f}"),
    )


def row_figures(numbers: Mapping[str, Any], spark: Sequence[float | None]) -> dict[str, object]:
    """Return what the board's row template draws of one stream's figures."""
    last = numbers.get("last_record_at")
    return {
        "records": _said(numbers.get("records_per_second"), rate),
        "spark": sparkline(spark),
        "use": _said(numbers.get("use"), lambda share: f"{percent(share)} %"),
        "is_busy": (numbers.get("use") or 0) > BUSY,
        "throttled": _said(numbers.get("throttled_writes"), lambda count: f"{count:,.0f}"),
        "is_throttled": bool(numbers.get("throttled_writes")),
        "iterator_age": _said(numbers.get("iterator_age_seconds"), duration),
        "freshness": _said(_oldest(deliveries_of(numbers)), duration),
        "last_record_at": datetime.fromisoformat(last) if last else None,
    }


def _oldest(deliveries: list[DeliveryFigures]) -> float | None:
    return max((one.freshness_seconds for one in deliveries if one.freshness_seconds is not None), default=None)


def _stream_charts(stream: WatchedStream, series: StreamSeries) -> tuple[Chart, ...]:
    frame = _frame(series)
    whose = "a new on-demand stream" if stream.is_on_demand else f"the stream ({stream.size})"
    records = stream.shards * RECORDS_A_SHARD
    incoming, sizes = per_second(series.stream.get("records", ())), per_second(series.stream.get("bytes", ()))
    unit, size = _size_unit(max((value for _, value in sizes), default=0.0))
    charts = [
        line_chart(
            incoming,
            frame=frame,
            title="Incoming records",
            unit="records/s",
            limit=Limit(records, f"limit of {whose}: {records:,} records/s"),
        ),
        line_chart(
            tuple((at, value / size) for at, value in sizes),
            frame=frame,
            title="Incoming data",
            unit=unit,
            colour=3,
            limit=Limit(stream.shards * BYTES_A_SHARD / size, f"limit of {whose}: {stream.shards} MiB/s"),
        ),
    ]
    refused = series.stream.get("throttled_writes", ())
    if any(value for _, value in refused):
        charts.append(line_chart(refused, frame=frame, title="Refused writes", unit="records/min", colour=2))
    return tuple(charts)


def _frame(series: StreamSeries, longest: timedelta = _SPANS[-1]) -> Frame:
    """A young stream fills the drawing too: the shortest stretch of time that holds all there is."""
    first = min((points[0][0] for points in series.stream.values() if points), default=series.end)
    span = next((one for one in _SPANS if series.end - one <= first), _SPANS[-1])
    return Frame(series.end - min(span, longest), series.end)


def _span(series: StreamSeries) -> str:
    minutes = int((series.end - _frame(series).start).total_seconds() / 60)
    return {15: "15 minutes", 30: "30 minutes", 60: "One hour"}.get(minutes, "Three hours")


def _shard(shard: ShardSeries, series: StreamSeries) -> ShardPanel:
    frame = _frame(series, longest=timedelta(hours=_SHARD_HOURS))
    use = tuple((at, 100 * share) for at, share in shard_use(shard.metrics))
    chart = line_chart(
        use,
        frame=frame,
        title=f"{short(shard.shard_id)}, use of its write limit",
        unit="%",
        limit=Limit(100, "limit of one shard: 1,000 records/s or 1 MiB/s"),
        height=140,
        colour=2 if any(value > 100 * BUSY for _, value in use[-5:]) else 1,
    )
    return ShardPanel(
        shard_id=shard.shard_id,
        name=short(shard.shard_id),
        keys=f"{100 * shard.first_share:.3g} % – {100 * shard.last_share:.3g} % of keys",
        parents=" and ".join(short(parent).removeprefix("Shard ") for parent in shard.parents),
        chart=chart,
    )


def _heat(series: StreamSeries) -> SafeString:
    rows: list[tuple[str, Points]] = [(f"…{shard.shard_id[-4:]}", shard_use(shard.metrics)) for shard in series.shards]
    return heatmap(rows, frame=_frame(series)) if len(rows) > 1 else SafeString("")


def _bytes_tile(stream: WatchedStream, per_second: float | None) -> Tile:
    unit, size = _size_unit(per_second or 0.0)
    value = "–" if per_second is None else rate(per_second / size)
    return Tile("Incoming data", value, unit, f"of {stream.shards} MiB/s")


def _size_unit(per_second: float) -> tuple[str, float]:
    return ("MiB/s", _MIB) if per_second >= _MIB / 10 else ("KiB/s", _KIB)


def _use_note(numbers: Mapping[str, Any]) -> str:
    if numbers.get("use") is None:
        return "no data"
    where = f"{numbers['busiest_shard']}, " if numbers.get("busiest_shard") else ""
    return f"{where}of {numbers.get('binding_limit', '')}"


def _time_tile(label: str, seconds: float | None, note: str, patience: float) -> Tile:
    if seconds is None:
        return Tile(label, "–", "", "no data")
    value, unit = duration(seconds).split(" ")
    return Tile(label, value, unit, note, "attention" if seconds > patience else "")


def _said(value: float | None, saying: Any) -> str:
    return "–" if value is None else str(saying(value))
