"""Charts as SVG: classes and presentation attributes only, so that a strict Content-Security-Policy holds. Pure.

A missing point is a gap, never a zero and never a line drawn across. Every chart comes with a table of its figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor, log10

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 600, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 18, 22
_FAR = 4  # a limit this many times above the highest point is named at the edge instead of flattening the line
_TIME_STEPS = (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
_MOST_TIME_TICKS = 6

Points = Sequence[tuple[datetime, float]]


@dataclass(frozen=True, slots=True)
class Limit:
    """A line that must not be crossed, in the chart's own unit."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What all charts of a page share: the stretch of time and the distance of two points, in seconds."""

    start: datetime
    end: datetime
    step: int = 60

    def runs(self, points: Points) -> list[Points]:
        """Return the points in stretches without a gap."""
        inside = sorted(point for point in points if self.start <= point[0] <= self.end)
        runs: list[list[tuple[datetime, float]]] = []
        for point in inside:
            if not runs or point[0] - runs[-1][-1][0] > timedelta(seconds=1.5 * self.step):
                runs.append([])
            runs[-1].append(point)
        return list(runs)

    def x(self, at: datetime) -> float:
        """Return how far along the drawing a moment is, in its own units."""
        share = (at - self.start) / (self.end - self.start)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the same figures as rows of (time, value) for people who do not see it."""

    svg: SafeString
    caption: str
    figures: tuple[tuple[str, str], ...]
    is_empty: bool

    @property
    def rows(self) -> SafeString:
        """Return the figures as rows of a table."""
        # Thousands on a page of many shards: times and numbers need no escaping one by one.
        return SafeString("".join(f'<tr><td>{at}</td><td class="num">{value}</td></tr>' for at, value in self.figures))


def line_chart(
    points: Points,
    *,
    frame: Frame,
    title: str,
    unit: str,
    limit: Limit | None = None,
    colour: int = 1,
    height: int = HEIGHT,
) -> Chart:
    """Return a line with an area below it, an axis with units, a time axis in UTC, and the limit where there is one."""
    runs = frame.runs(points)
    flat = [point for run in runs for point in run]
    highest = max((value for _, value in flat), default=0.0)
    near = limit is not None and (not flat or limit.value <= _FAR * highest)
    scale = _scale(highest, limit if near else None, height)
    parts = [
        _value_axis(scale, unit),
        _time_axis(frame, height),
        _gaps(frame, runs, height),
        *(_run(frame, scale, run, colour) for run in runs),
        _limit(limit, scale, near=near),
        _hover(frame, scale, flat, unit),
    ]
    svg = format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        height,
        f"{title}, in {unit}. {_in_words(flat, unit)}",
        format_html_join("", "{}", ((part,) for part in parts)),
    )
    return Chart(svg, f"{title}, {unit}", tuple((clock(at), figure(value)) for at, value in flat), not flat)


def sparkline(values: Sequence[float | None], *, top: float | None = None) -> SafeString:
    """Return a small line without axes; None breaks it. `top` gives several of them one scale."""
    known = [value for value in values if value is not None]
    if not known:
        return SafeString("")
    width = 100 / max(1, len(values) - 1)
    scale = 26 / (max(top or 0, *known) or 1.0)
    runs: list[list[str]] = [[]]
    for x, value in zip(_places(len(values)), values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x}{28 - value * scale:.1f}")
    lines = ((" ".join(run if len(run) > 1 else _dash(run[0], width)),) for run in runs if run)
    return format_html(
        '<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        format_html_join("", '<polyline class="line" points="{}"/>', lines),
    )


@lru_cache(maxsize=8)
def _places(count: int) -> tuple[str, ...]:
    width = 100 / max(1, count - 1)
    return tuple(f"{place * width:.1f}," for place in range(count))


def _dash(point: str, width: float) -> list[str]:
    x, y = point.split(",")
    return [f"{float(x) - width / 2:.1f},{y}", f"{float(x) + width / 2:.1f},{y}"]


def nice_top(highest: float) -> float:
    """Return a round number a little above the highest value: 1, 2, 2.5 or 5 times a power of ten."""
    if highest <= 0:
        return 1.0
    power = float(10 ** floor(log10(highest)))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= highest)


def figure(value: float) -> str:
    """Return a value with as many digits as help."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 1:
        return f"{value:.3g}"
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def clock(at: datetime) -> str:
    """Return hours and minutes in UTC."""
    return f"{at.astimezone(UTC):%H:%M}"


@dataclass(frozen=True, slots=True)
class _Scale:
    top: float
    height: int
    full: float  # what the highest tick stands for

    def y(self, value: float) -> float:
        return round(_TOP + (1 - min(value, self.top) / self.top) * (self.height - _TOP - _BOTTOM), 1)


def _scale(highest: float, limit: Limit | None, height: int) -> _Scale:
    if limit is not None and highest <= limit.value:
        return _Scale(limit.value * 1.08, height, limit.value)
    top = nice_top(max(highest, limit.value if limit else 0.0))
    return _Scale(top, height, top)


def _value_axis(scale: _Scale, unit: str) -> SafeString:
    ticks = [scale.full * share for share in (0, 0.25, 0.5, 0.75, 1)]
    lines = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (_LEFT, WIDTH - _RIGHT, scale.y(value), scale.y(value), _LEFT - 6, scale.y(value) + 3.5, figure(value))
            for value in ticks
        ),
    )
    return format_html('<text class="tick" x="0" y="9">{}</text>{}', unit, lines)


def _time_axis(frame: Frame, height: int) -> SafeString:
    minutes = (frame.end - frame.start).total_seconds() / 60
    step = next((one for one in _TIME_STEPS if minutes / one <= _MOST_TIME_TICKS), ceil(minutes / _MOST_TIME_TICKS))
    first = ceil(frame.start.timestamp() / (step * 60)) * step * 60
    ticks = [datetime.fromtimestamp(at, UTC) for at in range(first, int(frame.end.timestamp()) + 1, step * 60)]
    base = height - _BOTTOM
    labels = format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((frame.x(at), height - 6, clock(at)) for at in ticks),
    )
    return format_html(
        '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>{}', _LEFT, WIDTH - _RIGHT, base, base, labels
    )


def _gaps(frame: Frame, runs: list[Points], height: int) -> SafeString:
    holes = [(before[-1][0], after[0][0]) for before, after in pairwise(runs)]
    return format_html_join(
        "",
        '<rect class="gap" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        (
            (
                frame.x(start),
                _TOP,
                frame.x(end) - frame.x(start),
                height - _TOP - _BOTTOM,
                f"{clock(start)} to {clock(end)} UTC: no data",
            )
            for start, end in holes
        ),
    )


def _run(frame: Frame, scale: _Scale, run: Points, colour: int) -> SafeString:
    places = [(frame.x(at), scale.y(value)) for at, value in run]
    if len(places) == 1:
        return format_html('<circle class="dot series-{}" cx="{}" cy="{}" r="3"/>', colour, *places[0])
    line = " ".join(f"{'L' if place else 'M'}{x} {y}" for place, (x, y) in enumerate(places))
    base = scale.y(0)
    area = f"{line} L{places[-1][0]} {base} L{places[0][0]} {base} Z"
    return format_html(
        '<path class="area series-{}" d="{}"/><path class="series-{}" d="{}"/>', colour, area, colour, line
    )


def _limit(limit: Limit | None, scale: _Scale, *, near: bool) -> SafeString:
    if limit is None:
        return SafeString("")
    y = scale.y(limit.value) if near else _TOP
    label = limit.label if near else f"↑ {limit.label}, far above"
    return format_html(
        '<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="limit-label" x="{}" y="{}" text-anchor="end">{}</text>',
        _LEFT,
        WIDTH - _RIGHT,
        y,
        y,
        WIDTH - _RIGHT,
        y - 5,
        label,
    )


def _hover(frame: Frame, scale: _Scale, flat: Points, unit: str) -> SafeString:
    width = max(2.0, (WIDTH - _LEFT - _RIGHT) * frame.step / (frame.end - frame.start).total_seconds())
    size, said = f'y="{_TOP}" width="{width:.1f}" height="{scale.height - _TOP - _BOTTOM}"', escape(unit)
    # Thousands on a page of many shards: numbers need no escaping one by one.
    return SafeString(
        "".join(
            f'<rect x="{frame.x(at) - width / 2:.1f}" {size} fill="transparent">'
            f"<title>{clock(at)} UTC: {figure(value)} {said}</title></rect>"
            for at, value in flat
        )
    )


def _in_words(flat: Points, unit: str) -> str:
    if not flat:
        return "There is no data in this time."
    values = [value for _, value in flat]
    last = f"last {figure(values[-1])} at {clock(flat[-1][0])} UTC"
    return f"Between {figure(min(values))} and {figure(max(values))} {unit}; {last}."
