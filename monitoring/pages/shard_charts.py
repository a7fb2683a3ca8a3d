"""The open shards of a stream: a chart for each, and the heatmap of all."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from monitoring.charts.axes import Limit
from monitoring.charts.heatmap import heatmap
from monitoring.charts.line_chart import Chart, line_chart
from monitoring.health.write_usage import HIGH_USAGE_SHARE, usage_per_minute
from monitoring.pages.labels import shard_name
from monitoring.pages.time_frame import frame_of
from monitoring.series import ShardSeries, StreamSeries, shard_number

_LONGEST = timedelta(hours=1)
_CHART_HEIGHT = 140
_RECENT_POINTS = 5


@dataclass(frozen=True, slots=True)
class ShardCard:
    """One open shard: its chart, its range of hash keys, and the shards that it came from."""

    shard_id: str
    name: str
    keys: str
    parents: str
    chart: Chart


def shard_cards(series: StreamSeries) -> tuple[ShardCard, ...]:
    """Return a card for each shard, in the order of their IDs."""
    return tuple(_card(shard, series) for shard in sorted(series.shards, key=lambda shard: shard.shard_id))


def shard_heatmap(series: StreamSeries) -> SafeString:
    """Return the write usage of all shards over time; nothing for a single shard."""
    rows = [(f"…{shard_number(shard.shard_id)}", usage_per_minute(shard.metrics)) for shard in series.shards]
    return heatmap(rows, frame=frame_of(series)) if len(rows) > 1 else SafeString("")


def _card(shard: ShardSeries, series: StreamSeries) -> ShardCard:
    name = shard_name(shard.shard_id)
    usage = tuple((at, 100 * share) for at, share in usage_per_minute(shard.metrics))
    is_busy = any(value > 100 * HIGH_USAGE_SHARE for _at, value in usage[-_RECENT_POINTS:])
    chart = line_chart(
        usage,
        frame=frame_of(series, longest=_LONGEST),
        title=_("%(shard)s, write limit used") % {"shard": name},
        unit="%",
        limit=Limit(100, _("limit of one shard: 1,000 records/s or 1 MiB/s")),
        height=_CHART_HEIGHT,
        colour=2 if is_busy else 1,
    )
    first, last = f"{100 * shard.first_share:.3g}%", f"{100 * shard.last_share:.3g}%"
    keys = _("%(first)s to %(last)s of hash keys") % {"first": first, "last": last}
    return ShardCard(shard.shard_id, name, keys, _(" and ").join(map(shard_number, shard.parents)), chart)
