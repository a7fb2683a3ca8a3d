"""Sparklines: small lines without axes, for tables. Pure.

They are drawn in their own unit, and the box that is seen of the drawing is their scale. So a row that is sent to many
pages fits into each: the page sets the box (static/monitoring/stream.js).
"""

from collections.abc import Sequence
from functools import lru_cache
from math import floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_STEPS = (1, 2, 5, 10)
_LEAST_TOP = 0.01


def sparkline(values: Sequence[float | None], *, top: float = 0) -> SafeString:
    """Return a small line from 0 to `top`, or to its own highest value without one; None breaks the line."""
    known = [value for value in values if value is not None]
    if not known:
        return SafeString("")
    width, highest = 100 / max(1, len(values) - 1), max(known)
    segments: list[list[str]] = [[]]
    for x, value in zip(_x_positions(len(values)), values, strict=True):
        if value is None:
            segments.append([])
        else:
            segments[-1].append(f"{x}{-value:g}")
    lines = ((" ".join(part if len(part) > 1 else _dash(part[0], width)),) for part in segments if part)
    return format_html(
        '<svg class="spark" viewBox="{}" data-peak="{}" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        _box(top or round_top(highest)),
        f"{highest:g}",
        format_html_join("", '<polyline class="line" points="{}"/>', lines),
    )


def round_top(highest: float) -> float:
    """Return the end of a scale for values up to `highest`: 1, 2 or 5 with zeros; 500 for 430."""
    if highest <= _LEAST_TOP:
        return _LEAST_TOP
    size = 10.0 ** floor(log10(highest))
    return next((float(f"{step * size:g}") for step in _STEPS if step * size >= highest), 10 * size)


def _box(top: float) -> str:
    return f"0 {-1.06 * top:g} 100 {1.12 * top:g}"  # a little more, or the lines at its edges would be cut


@lru_cache(maxsize=8)
def _x_positions(count: int) -> tuple[str, ...]:
    width = 100 / max(1, count - 1)
    return tuple(f"{place * width:.1f}," for place in range(count))


def _dash(point: str, width: float) -> list[str]:
    x, y = point.split(",")
    return [f"{float(x) - width / 2:.1f},{y}", f"{float(x) + width / 2:.1f},{y}"]
