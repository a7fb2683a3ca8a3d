"""The axes of a line chart: values with their unit on the left, time in UTC below, the limit as a line across."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from monitoring.charts.frame import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Frame
from monitoring.charts.numbers import clock_time, day, short_number

_TIME_STEPS = (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 10_080)
_A_DAY = 1440 * 60
_MAX_TIME_TICKS = 6


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that must not be exceeded, in the chart's own unit."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """How values become heights: the value at the top edge, and the one at the highest tick."""

    top: float
    height: int
    highest_tick: float

    def y(self, value: float) -> float:
        """Return the vertical position of a value, in units of the drawing."""
        return round(TOP + (1 - min(value, self.top) / self.top) * (self.height - TOP - BOTTOM), 1)


def scale_for(highest: float, limit: Limit | None, height: int) -> Scale:
    """Return the scale on which the highest value and the limit are both inside the drawing."""
    if limit is not None and highest <= limit.value:
        return Scale(limit.value * 1.08, height, limit.value)
    top = rounded_top(max(highest, limit.value if limit else 0.0))
    return Scale(top, height, top)


def rounded_top(highest: float) -> float:
    """Return a round number a little above the highest value: 1, 2, 2.5 or 5 times a power of ten."""
    if highest <= 0:
        return 1.0
    power = float(10 ** floor(log10(highest)))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= highest)


def value_axis(scale: Scale, unit: str) -> SafeString:
    """Return the grid lines with their values, and the unit."""
    ticks = [scale.highest_tick * share for share in (0, 0.25, 0.5, 0.75, 1)]
    lines = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, WIDTH - RIGHT, scale.y(value), scale.y(value), LEFT - 6, scale.y(value) + 3.5, short_number(value))
            for value in ticks
        ),
    )
    return format_html('<text class="tick" x="0" y="9">{}</text>{}', unit, lines)


def time_axis(frame: Frame, height: int) -> SafeString:
    """Return the base line with round times in UTC below it."""
    minutes = (frame.end - frame.start).total_seconds() / 60
    fitting = (step for step in _TIME_STEPS if minutes / step <= _MAX_TIME_TICKS)
    seconds = 60 * next(fitting, ceil(minutes / _MAX_TIME_TICKS))
    first = ceil(frame.start.timestamp() / seconds) * seconds
    ticks = [datetime.fromtimestamp(at, UTC) for at in range(first, int(frame.end.timestamp()) + 1, seconds)]
    base, label = height - BOTTOM, day if seconds >= _A_DAY else clock_time
    labels = format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((frame.x(at), height - 6, label(at)) for at in ticks),
    )
    return format_html(
        '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>{}', LEFT, WIDTH - RIGHT, base, base, labels
    )


def limit_line(limit: Limit, scale: Scale) -> SafeString:
    """Return the limit as a line across the drawing."""
    y = scale.y(limit.value)
    return format_html('<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/>', LEFT, WIDTH - RIGHT, y, y)


def limit_label(limit: Limit, *, is_inside: bool) -> str:
    """Return what the limit is, for the caption: one far above the drawing has no line."""
    return limit.label if is_inside else gettext("↑ %(limit)s, far above") % {"limit": limit.label}
