"""Line charts as SVG: classes and presentation attributes only, so that a strict Content-Security-Policy holds. Pure.

A missing point is a gap: never a zero, and never a line drawn across. Every chart comes with a table of its values.
"""

from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from monitoring.charts.axes import Limit, Scale, limit_label, limit_line, scale_for, time_axis, value_axis
from monitoring.charts.frame import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Frame, Points
from monitoring.charts.numbers import short_number

_FAR = 4  # a limit this many times above the highest point is named at the edge instead of flattening the line


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, its limit in words, and the same values as (time, value) for people who do not see it.

    `points`, `colour`, `limit_value` and `step` (seconds) are what was drawn, for a script that draws it again.
    """

    svg: SafeString
    caption: str
    values: tuple[tuple[str, str], ...]
    is_empty: bool
    limit: str = ""
    is_limit_drawn: bool = False
    points: Points = ()
    colour: int = 1
    limit_value: float | None = None
    step: int = 60

    @property
    def table_rows(self) -> SafeString:
        """Return the values as rows of a table."""
        # Thousands on a page of many shards: times and numbers need no escaping one by one.
        return SafeString("".join(f'<tr><td>{at}</td><td class="num">{value}</td></tr>' for at, value in self.values))


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
    segments = frame.segments(points)
    drawn = [point for segment in segments for point in segment]
    highest = max((value for _, value in drawn), default=0.0)
    is_inside = limit is not None and (not drawn or limit.value <= _FAR * highest)
    scale = scale_for(highest, limit if is_inside else None, height)
    parts = [
        value_axis(scale, unit),
        time_axis(frame, height),
        _gaps(frame, segments, height),
        _marks(frame, height),
        *(_line(frame, scale, segment, colour) for segment in segments),
        limit_line(limit, scale) if limit and is_inside else "",
        _tooltips(frame, scale, drawn, unit),
    ]
    caption = f"{title}, {unit}"
    svg = format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        height,
        f"{caption}. {_summary(frame, drawn, unit)}",
        format_html_join("", "{}", ((part,) for part in parts)),
    )
    values = tuple((frame.time(at), short_number(value)) for at, value in drawn)
    label = limit_label(limit, is_inside=is_inside) if limit else ""
    return Chart(
        svg,
        caption,
        values,
        not drawn,
        label,
        is_inside,
        points=tuple(drawn),
        colour=colour,
        limit_value=limit.value if limit and is_inside else None,
        step=frame.step,
    )


def _gaps(frame: Frame, segments: list[Points], height: int) -> SafeString:
    gaps = [(before[-1][0], after[0][0]) for before, after in pairwise(segments)]
    text = gettext("%(start)s to %(end)s UTC: no data")
    return format_html_join(
        "",
        '<rect class="gap" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        (
            (
                frame.x(start),
                TOP,
                frame.x(end) - frame.x(start),
                height - TOP - BOTTOM,
                text % {"start": frame.time(start), "end": frame.time(end)},
            )
            for start, end in gaps
        ),
    )


def _marks(frame: Frame, height: int) -> SafeString:
    return format_html_join(
        "",
        '<line class="mark" x1="{0}" x2="{0}" y1="{1}" y2="{2}"><title>{3} UTC: {4}</title></line>',
        (
            (frame.x(mark.at), TOP, height - BOTTOM, frame.time(mark.at), mark.text)
            for mark in frame.marks
            if frame.start <= mark.at < frame.end
        ),
    )


def _line(frame: Frame, scale: Scale, segment: Points, colour: int) -> SafeString:
    places = [(frame.x(at), scale.y(value)) for at, value in segment]
    if len(places) == 1:
        return format_html('<circle class="dot series-{}" cx="{}" cy="{}" r="3"/>', colour, *places[0])
    line = " ".join(f"{'L' if place else 'M'}{x} {y}" for place, (x, y) in enumerate(places))
    base = scale.y(0)
    area = f"{line} L{places[-1][0]} {base} L{places[0][0]} {base} Z"
    return format_html(
        '<path class="area series-{}" d="{}"/><path class="series-{}" d="{}"/>', colour, area, colour, line
    )


def _tooltips(frame: Frame, scale: Scale, points: Points, unit: str) -> SafeString:
    width = max(2.0, (WIDTH - LEFT - RIGHT) * frame.step / (frame.end - frame.start).total_seconds())
    size, shown_unit = f'y="{TOP}" width="{width:.1f}" height="{scale.height - TOP - BOTTOM}"', escape(unit)
    # Thousands on a page of many shards: numbers need no escaping one by one.
    return SafeString(
        "".join(
            f'<rect x="{frame.x(at) - width / 2:.1f}" {size} fill="transparent">'
            f"<title>{frame.time(at)} UTC: {short_number(value)} {shown_unit}</title></rect>"
            for at, value in points
        )
    )


def _summary(frame: Frame, points: Points, unit: str) -> str:
    if not points:
        return gettext("No data in this period.")
    values = [value for _, value in points]
    return gettext("Between %(lowest)s and %(highest)s %(unit)s. Last value %(last)s at %(time)s UTC.") % {
        "lowest": short_number(min(values)),
        "highest": short_number(max(values)),
        "unit": unit,
        "last": short_number(values[-1]),
        "time": frame.time(points[-1][0]),
    }
