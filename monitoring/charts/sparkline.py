"""Sparklines: small lines without axes, for tables. Pure."""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def sparkline(values: Sequence[float | None], *, top: float | None = None) -> SafeString:
    """Return a small line; None breaks it. `top` gives several of them the same scale."""
    known = [value for value in values if value is not None]
    if not known:
        return SafeString("")
    width = 100 / max(1, len(values) - 1)
    scale = 26 / (max(top or 0, *known) or 1.0)
    segments: list[list[str]] = [[]]
    for x, value in zip(_x_positions(len(values)), values, strict=True):
        if value is None:
            segments.append([])
        else:
            segments[-1].append(f"{x}{28 - value * scale:.1f}")
    lines = ((" ".join(part if len(part) > 1 else _dash(part[0], width)),) for part in segments if part)
    return format_html(
        '<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        format_html_join("", '<polyline class="line" points="{}"/>', lines),
    )


@lru_cache(maxsize=8)
def _x_positions(count: int) -> tuple[str, ...]:
    width = 100 / max(1, count - 1)
    return tuple(f"{place * width:.1f}," for place in range(count))


def _dash(point: str, width: float) -> list[str]:
    x, y = point.split(",")
    return [f"{float(x) - width / 2:.1f},{y}", f"{float(x) + width / 2:.1f},{y}"]
