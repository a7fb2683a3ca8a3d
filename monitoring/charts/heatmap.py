"""Write usage of shards over time, as coloured cells, so that a hot shard is easy to see. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from monitoring.charts.frame import Frame, Points
from monitoring.charts.numbers import clock_time, day_and_time

_WIDTH, _LEFT, _ROW, _CELL_HEIGHT = 1200, 56, 24, 20


def heatmap(rows: Sequence[tuple[str, Points]], *, frame: Frame, most_columns: int = 60) -> SafeString:
    """Return a row for each shard with a cell for each interval, coloured by its highest usage (a share, 0 to 1).

    No cell is shorter than the distance between two points; otherwise most cells of a short period would be empty.
    """
    columns = max(1, min(most_columns, int((frame.end - frame.start).total_seconds() // frame.step)))
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
    label_y = len(rows) * _ROW + 14
    times = (
        (_LEFT + share * (_WIDTH - _LEFT), anchor, frame.start + share * (frame.end - frame.start))
        for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    )
    write = day_and_time if frame.end - frame.start > timedelta(hours=24) else clock_time
    labels = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        ((x, label_y, at, write(when)) for x, at, when in times),
    )
    return format_html(
        '<svg class="heatmap" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        _WIDTH,
        label_y + 6,
        gettext("Write usage by shard over time. The values of each shard are in the tables below."),
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
    no_data, of_limit = gettext("no data"), gettext("of the write limit")
    # More than a thousand on a page of many shards: numbers need no escaping one by one.
    return SafeString(
        "".join(
            f'<rect class="{_shade(share)}" x="{_LEFT + column * cell:.1f}" {size}>'
            f"<title>{no_data if share is None else f'{share:.0%} {of_limit}'}</title></rect>"
            for column, share in enumerate(highest)
        )
    )


def _shade(share: float | None) -> str:
    return "h-none" if share is None else f"h{min(9, int(share * 10))}"
