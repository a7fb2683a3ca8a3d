import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from monitoring.charts.axes import Limit, rounded_top
from monitoring.charts.frame import Frame
from monitoring.charts.heatmap import heatmap
from monitoring.charts.line_chart import line_chart
from monitoring.charts.sparkline import sparkline

START = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
FRAME = Frame(START, START + timedelta(hours=1))
LIMIT = Limit(1000, "limit of one shard: 1,000 records/s")


def at(minute: int, value: float) -> tuple[datetime, float]:
    return START + timedelta(minutes=minute), value


def drawn(points: list, **more):
    return line_chart(points, frame=FRAME, title="Incoming", unit="records/s", **more)


def found(svg: str, cls: str) -> list[ET.Element]:
    return [element for element in ET.fromstring(svg).iter() if cls in element.get("class", "").split()]  # noqa: S314  (ours)


def test_a_minute_without_data_is_a_gap_not_a_line_and_not_a_zero() -> None:
    chart = drawn([at(minute, 100) for minute in range(10)] + [at(minute, 100) for minute in range(20, 30)])
    lines = [
        line for line in found(chart.svg, "series-1") if line.tag == "path" and "area" not in line.get("class", "")
    ]
    assert len(lines) == 2
    (gap,) = found(chart.svg, "gap")
    assert gap[0].text == "13:09 to 13:20 UTC: no data"
    assert len(chart.values) == 20


def test_the_limit_is_drawn_where_it_is_and_labelled() -> None:
    chart = drawn([at(1, 940), at(2, 500)], limit=LIMIT)
    (line,) = found(chart.svg, "limit")
    grid = {line.get("y1") for line in found(chart.svg, "grid")}
    assert line.get("y1") == line.get("y2")
    assert 18 < float(line.get("y1", 0)) < 158
    assert grid
    assert [label.text for label in found(chart.svg, "limit-label")] == [LIMIT.label]


def test_a_limit_far_above_does_not_flatten_the_line() -> None:
    chart = drawn([at(1, 3), at(2, 2)], limit=LIMIT)
    assert [label.text for label in found(chart.svg, "limit-label")] == [f"↑ {LIMIT.label}, far above"]
    assert found(chart.svg, "tick")[1].text == "0"
    assert "5" in {tick.text for tick in found(chart.svg, "tick")}


def test_no_data_draws_axes_and_no_line() -> None:
    chart = drawn([], limit=LIMIT)
    assert chart.is_empty
    assert not found(chart.svg, "series-1")
    assert "No data in this period." in chart.svg


def test_a_single_point_is_a_dot() -> None:
    assert [dot.tag for dot in found(drawn([at(5, 1)]).svg, "series-1")] == ["circle"]


def test_points_outside_the_frame_are_left_out() -> None:
    assert drawn([at(-10, 1), at(5, 1), at(61, 1)]).values == (("13:05", "1"),)


def test_every_point_can_be_read_by_hovering_and_in_the_table() -> None:
    chart = drawn([at(3, 41.27), at(4, 0)])
    assert "<title>13:03 UTC: 41.3 records/s</title>" in chart.svg
    assert chart.values == (("13:03", "41.3"), ("13:04", "0"))


def test_words_from_outside_cannot_become_markup() -> None:
    chart = drawn([at(1, 1)], limit=Limit(2, "<script>alert(1)</script>"))
    assert "<script" not in chart.svg


@pytest.mark.parametrize(
    "svg",
    [
        drawn([at(1, 1), at(2, 2)], limit=LIMIT).svg,
        sparkline([1, 2, None, 3]),
        heatmap([("…0001", [at(1, 0.95)])], frame=FRAME),
    ],
)
def test_no_inline_style_or_handler_ever(svg: str) -> None:
    assert not re.search(r"\sstyle=|\son\w+=|<script", svg)
    ET.fromstring(svg)  # noqa: S314  (ours)


def test_a_sparkline_breaks_at_gaps_and_shares_a_scale() -> None:
    assert len(ET.fromstring(sparkline([1, 2, None, 3, 4]))) == 2  # noqa: S314  (ours)
    assert sparkline([5, 5], top=10) != sparkline([5, 5])
    assert sparkline([None, None]) == ""


def test_a_hot_shard_is_red_and_a_quiet_minute_is_not_zero() -> None:
    svg = heatmap([("…0006", [at(0, 0.97), at(30, 0.2)])], frame=FRAME)
    classes = [cell.get("class") for cell in ET.fromstring(svg).iter() if cell.tag == "rect"]  # noqa: S314  (ours)
    assert classes[0] == "h9"
    assert classes[30] == "h2"
    assert classes.count("h-none") == 58


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (0.3, 0.5), (3, 5), (2314, 2500), (1000, 1000)])
def test_the_axis_ends_on_a_round_number(highest: float, top: float) -> None:
    assert rounded_top(highest) == top
