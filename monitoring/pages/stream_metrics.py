"""The metrics on a stream's page: everything that their template shows, prepared once for all viewers."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from monitoring.charts.line_chart import Chart
from monitoring.health.write_usage import busiest_shards
from monitoring.models import StreamHealth
from monitoring.pages.delivery_rows import DeliveryRow, delivery_rows
from monitoring.pages.shard_charts import ShardCard, shard_cards, shard_heatmap
from monitoring.pages.stream_charts import stream_charts
from monitoring.pages.tiles import Tile, tiles_of
from monitoring.pages.time_frame import period_label
from monitoring.series import StreamSeries
from monitoring.watched_streams import WatchedStream

MAX_SHARDS = 24


@dataclass(frozen=True, slots=True)
class StreamMetrics:
    """The view model of a stream's metrics; without series there are tiles and deliveries, but no charts."""

    tiles: tuple[Tile, ...]
    deliveries: tuple[DeliveryRow, ...]
    charts: tuple[Chart, ...] = ()
    shards: tuple[ShardCard, ...] = ()
    omitted_shards: int = 0
    heatmap: SafeString | None = None
    period: str = ""
    until: datetime | None = None


def stream_metrics(stream: WatchedStream, health: StreamHealth | None, series: StreamSeries | None) -> StreamMetrics:
    """Return the metrics of a stream as its page shows them."""
    measurements = health.measurements if health else {}
    tiles, deliveries = tiles_of(stream, measurements), delivery_rows(stream, measurements)
    if series is None:
        return StreamMetrics(tiles, deliveries)
    shown = busiest_shards(series, MAX_SHARDS)  # a collection stores no more, but a caller may have all
    return StreamMetrics(
        tiles=tiles,
        deliveries=deliveries,
        charts=stream_charts(stream, series),
        shards=shard_cards(shown),
        omitted_shards=shown.omitted_shards,
        heatmap=shard_heatmap(shown),
        period=period_label(series),
        until=series.end,
    )
