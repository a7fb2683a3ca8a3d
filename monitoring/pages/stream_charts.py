"""The charts of a whole stream: incoming records, incoming data, throttled writes."""

from django.utils.translation import gettext as _

from monitoring.charts.axes import Limit
from monitoring.charts.line_chart import Chart, line_chart
from monitoring.health.aggregates import per_second
from monitoring.pages.labels import capacity
from monitoring.pages.time_frame import frame_of
from monitoring.pages.units import rate_unit
from monitoring.series import StreamSeries
from monitoring.watched_streams import SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND, WatchedStream


def stream_charts(stream: WatchedStream, series: StreamSeries) -> tuple[Chart, ...]:
    """Return the charts of a stream; that of throttled writes only if there were any."""
    charts = [_incoming_records(stream, series), _incoming_data(stream, series)]
    throttled = series.stream.get("throttled_writes", ())
    if any(value for _at, value in throttled):
        frame = frame_of(series)
        charts.append(line_chart(throttled, frame=frame, title=_("Throttled writes"), unit="records/min", colour=2))
    return tuple(charts)


def _incoming_records(stream: WatchedStream, series: StreamSeries) -> Chart:
    limit = stream.shards * SHARD_RECORDS_PER_SECOND
    return line_chart(
        per_second(series.stream.get("records", ())),
        frame=frame_of(series),
        title=_("Incoming records"),
        unit="records/s",
        limit=Limit(limit, _limit_label(stream, f"{limit:,} records/s")),
    )


def _incoming_data(stream: WatchedStream, series: StreamSeries) -> Chart:
    rates = per_second(series.stream.get("bytes", ()))
    unit, unit_bytes = rate_unit(max((value for _at, value in rates), default=0.0))
    limit = stream.shards * SHARD_BYTES_PER_SECOND / unit_bytes
    return line_chart(
        tuple((at, value / unit_bytes) for at, value in rates),
        frame=frame_of(series),
        title=_("Incoming data"),
        unit=unit,
        colour=3,
        limit=Limit(limit, _limit_label(stream, f"{stream.shards} MiB/s")),
    )


def _limit_label(stream: WatchedStream, limit: str) -> str:
    if stream.is_on_demand:
        return _("limit of a new on-demand stream: %(limit)s") % {"limit": limit}
    return _("limit of the stream (%(capacity)s): %(limit)s") % {"capacity": capacity(stream), "limit": limit}
