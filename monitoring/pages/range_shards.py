"""The charts of single shards in a time range, and the heatmap of their write usage."""

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString

from monitoring.charts.frame import Frame, Points
from monitoring.charts.heatmap import heatmap
from monitoring.series import shard_number
from monitoring.time_ranges.time_range import MOST_POINTS, TimeRange
from monitoring.watched_streams import SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND


def range_heatmap(metrics: Mapping[str, Points], shards: Sequence[str], time_range: TimeRange) -> SafeString:
    """Return the write usage of shards, a column for each period of the range; nothing for a single shard."""
    if len(shards) < 2:
        return SafeString("")
    frame = Frame(time_range.start, time_range.end, time_range.period)
    rows = [(f"…{shard_number(shard)}", _usage(metrics, shard, time_range.period)) for shard in shards]
    return heatmap(rows, frame=frame, most_columns=MOST_POINTS)


def _usage(metrics: Mapping[str, Points], shard: str, period: int) -> Points:
    """Return the mean share of the write limit in each period: the larger of records and bytes."""
    records, sizes = (dict(metrics.get(f"shard:{shard}:{name}", ())) for name in ("records", "bytes"))
    return tuple(
        (
            at,
            max(records.get(at, 0.0) / SHARD_RECORDS_PER_SECOND, sizes.get(at, 0.0) / SHARD_BYTES_PER_SECOND) / period,
        )
        for at in sorted({*records, *sizes})
    )
