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
    return line_chart(
        per_second(series.stream.get("records", ())),
        frame=frame_of(series),
        title=_("Incoming records"),
        unit="records/s",
        limit=_limit(stream, SHARD_RECORDS_PER_SECOND, "records/s"),
    )


def _incoming_data(stream: WatchedStream, series: StreamSeries) -> Chart:
    rates = per_second(series.stream.get("bytes", ()))
    unit, unit_bytes = rate_unit(max((value for _at, value in rates), default=0.0))
    return line_chart(
        tuple((at, value / unit_bytes) for at, value in rates),
        frame=frame_of(series),
        title=_("Incoming data"),
        unit=unit,
        colour=3,
        limit=_limit(stream, SHARD_BYTES_PER_SECOND / unit_bytes, "MiB/s", shown_per_shard=1),
    )


def _limit(
    stream: WatchedStream, per_shard: float, unit: str, *, shown_per_shard: int = SHARD_RECORDS_PER_SECOND
) -> Limit | None:
    """Return the limit of the shards that are open in AWS; None while AWS has not described them."""
    if stream.shards is None:
        return None
    label = _limit_label(stream, f"{stream.shards * shown_per_shard:,} {unit}")
    return Limit(stream.shards * per_shard, label)


def _limit_label(stream: WatchedStream, limit: str) -> str:
    if stream.is_on_demand:
        return _("current limit of the on-demand stream: %(limit)s") % {"limit": limit}
    return _("limit of the stream (%(capacity)s): %(limit)s") % {"capacity": capacity(stream), "limit": limit}
