"""The charts of a stream in a time range that a person chose, and the marks of what happened in it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.charts.axes import Limit
from monitoring.charts.frame import Frame, Mark, Points
from monitoring.charts.line_chart import Chart, line_chart
from monitoring.pages.labels import shard_name
from monitoring.pages.units import rate_unit
from monitoring.time_ranges.range_metrics import RangeMetrics
from monitoring.time_ranges.time_range import TimeRange
from monitoring.watched_streams import SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND, WatchedStream

_FIREHOSE_PERIOD = 300


@dataclass(frozen=True, slots=True)
class RangePanel:
    """Charts of one subject: the stream's input, its output, or one Firehose stream."""

    title: str
    charts: tuple[Chart, ...]


def plots(panels: Iterable[RangePanel], time_range: TimeRange) -> dict[str, Any]:
    """Return the charts as data for the script that lets people zoom: times in seconds from 1970."""
    charts = [chart for panel in panels for chart in panel.charts if not chart.is_empty]
    return {
        "start": time_range.start.timestamp(),
        "end": time_range.end.timestamp(),
        "charts": [
            {
                "caption": chart.caption,
                "colour": chart.colour,
                "limit": chart.limit_value,
                "step": chart.step,
                "points": [(at.timestamp(), value) for at, value in chart.points],
            }
            for chart in charts
        ],
    }


def range_panels(
    stream: WatchedStream,
    read: RangeMetrics,
    time_range: TimeRange,
    marks: Iterable[Mark],
    shards: Sequence[str] = (),
) -> tuple[RangePanel, ...]:
    """Return the charts of everything that was read, in panels."""
    draw = _Drawing(read, time_range, tuple(marks))
    panels = [RangePanel(_("Incoming"), _incoming(stream, draw)), RangePanel(_("Outgoing"), _outgoing(draw))]
    for delivery in stream.deliveries:
        title = _("Delivery to %(destination)s") % {"destination": delivery.title}
        panels.append(RangePanel(title, _delivery(delivery.name, draw)))
    panels += [RangePanel(shard_name(shard), _shard(shard, draw)) for shard in shards]
    return tuple(panels)


@dataclass(frozen=True, slots=True)
class _Drawing:
    read: RangeMetrics
    time_range: TimeRange
    marks: tuple[Mark, ...]

    def points(self, key: str) -> Points:
        return self.read.metrics.get(key, ())

    def chart(
        self,
        points: Points,
        title: str,
        unit: str,
        *,
        colour: int = 1,
        limit: Limit | None = None,
        step: int = 0,
    ) -> Chart:
        frame = Frame(self.time_range.start, self.time_range.end, max(step, self.time_range.period), self.marks)
        return line_chart(points, frame=frame, title=title, unit=unit, colour=colour, limit=limit)

    def each(self, key: str, change: Callable[[float], float]) -> Points:
        return tuple((at, change(value)) for at, value in self.points(key))

    def per_second(self, key: str) -> Points:
        return self.each(key, lambda value: value / self.time_range.period)


def _incoming(stream: WatchedStream, draw: _Drawing) -> tuple[Chart, ...]:
    per_minute = 60 / draw.time_range.period
    shards, label = stream.shards, _("present limit of the stream")
    records_limit = Limit(shards * SHARD_RECORDS_PER_SECOND, label) if shards else None
    return (
        draw.chart(draw.per_second("records"), _("Incoming records"), "records/s", limit=records_limit),
        _data(draw, "bytes", _("Incoming data"), 3, shards * SHARD_BYTES_PER_SECOND if shards else None),
        draw.chart(
            draw.each("throttled_writes", lambda value: value * per_minute),
            _("Throttled writes"),
            "records/min",
            colour=2,
        ),
        draw.chart(
            draw.each("put_success", lambda value: 100 * value), _("Successful PutRecords calls"), "%", colour=4
        ),
        draw.chart(draw.points("put_latency"), _("Latency of PutRecords"), "ms", colour=5),
    )


def _outgoing(draw: _Drawing) -> tuple[Chart, ...]:
    per_minute = 60 / draw.time_range.period
    return (
        draw.chart(draw.per_second("records_read"), _("Records read"), "records/s"),
        _data(draw, "bytes_read", _("Data read"), 3, None),
        draw.chart(draw.each("iterator_age", lambda value: value / 1000), _("Iterator age"), "s", colour=6),
        draw.chart(
            draw.each("throttled_reads", lambda value: value * per_minute), _("Throttled reads"), "calls/min", colour=2
        ),
        draw.chart(
            draw.each("get_success", lambda value: 100 * value), _("Successful GetRecords calls"), "%", colour=4
        ),
    )


def _shard(shard: str, draw: _Drawing) -> tuple[Chart, ...]:
    key, per_minute = f"shard:{shard}:", 60 / draw.time_range.period
    limit = Limit(SHARD_RECORDS_PER_SECOND, _("limit of one shard"))
    throttled = draw.each(f"{key}throttled_writes", lambda value: value * per_minute)
    age = draw.each(f"{key}iterator_age", lambda value: value / 1000)
    return (
        draw.chart(draw.per_second(f"{key}records"), _("Incoming records"), "records/s", limit=limit),
        _data(draw, f"{key}bytes", _("Incoming data"), 3, SHARD_BYTES_PER_SECOND, _("limit of one shard")),
        draw.chart(throttled, _("Throttled writes"), "records/min", colour=2),
        draw.chart(age, _("Iterator age"), "s", colour=6),
    )


def _delivery(name: str, draw: _Drawing) -> tuple[Chart, ...]:
    step = max(_FIREHOSE_PERIOD, draw.time_range.period)
    success, failed = draw.each(f"success:{name}", lambda value: 100 * value), draw.points(f"failed:{name}")
    outcome = (
        draw.chart(success, _("Delivery success"), "%", colour=4, step=step)
        if success or not failed
        else draw.chart(failed, _("Failed records"), "records", colour=2, step=step)
    )
    return (
        draw.chart(draw.points(f"freshness:{name}"), _("Data freshness"), "s", colour=6, step=step),
        outcome,
        draw.chart(
            draw.each(f"delivered:{name}", lambda value: value / step), _("Records delivered"), "records/s", step=step
        ),
    )


def _data(draw: _Drawing, key: str, title: str, colour: int, limit: float | None, label: str = "") -> Chart:
    rates = draw.per_second(key)
    unit, unit_bytes = rate_unit(max((value for _at, value in rates), default=0.0))
    points = tuple((at, value / unit_bytes) for at, value in rates)
    shown = Limit(limit / unit_bytes, label or _("present limit of the stream")) if limit else None
    return draw.chart(points, title, unit, colour=colour, limit=shown)
