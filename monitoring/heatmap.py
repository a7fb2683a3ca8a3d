"""Shards over time as cells coloured by their use of the write limit, so that a hot shard jumps out. Pure."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from monitoring.charts import Frame, Points, clock

_WIDTH, _LEFT, _ROW, _CELL_HEIGHT = 1200, 56, 24, 20


def heatmap(rows: Sequence[tuple[str, Points]], *, frame: Frame, columns: int = 60) -> SafeString:
    """Return one row a shard and one cell a stretch of time, coloured by the highest share (0 to 1) of its limit."""
    cell = (_WIDTH - _LEFT) / columns
    drawn = [
        format_html(
            '<text x="0" y="{}">{}</text>{}',
            place * _ROW + 14,
            label,
            _cells(points, frame, columns, cell, place),
        )
        for place, (label, points) in enumerate(rows)
    ]
    floor_y = len(rows) * _ROW + 14
    times = (
        (_LEFT + share * (_WIDTH - _LEFT), anchor, frame.start + share * (frame.end - frame.start))
        for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    )
    labels = format_html_join(
        "", '<text x="{}" y="{}" text-anchor="{}">{}</text>', ((x, floor_y, at, clock(when)) for x, at, when in times)
    )
    return format_html(
        '<svg class="heatmap" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        _WIDTH,
        floor_y + 6,
        "Use of the write limit by shard over time. The figures of each shard stand in the tables below.",
        format_html_join("", "{}", ((row,) for row in drawn)),
        labels,
    )


def _cells(points: Points, frame: Frame, columns: int, cell: float, place: int) -> SafeString:
    highest: list[float | None] = [None] * columns
    start, width = frame.start.timestamp(), (frame.end - frame.start).total_seconds() / columns
    for at, value in points:
        column = int((at.timestamp() - start) // width)
        if 0 <= column < columns:
            highest[column] = max(value, highest[column] or 0.0)
    size = f'y="{place * _ROW}" width="{cell - 1:.1f}" height="{_CELL_HEIGHT}"'
    # More than a thousand on a page of many shards: numbers need no escaping one by one.
    return SafeString(
        "".join(
            f'<rect class="{_shade(share)}" x="{_LEFT + column * cell:.1f}" {size}><title>{_said(share)}</title></rect>'
            for column, share in enumerate(highest)
        )
    )


def _shade(share: float | None) -> str:
    return "h-none" if share is None else f"h{min(9, int(share * 10))}"


def _said(share: float | None) -> str:
    return "no data" if share is None else f"{share:.0%} of the limit"
