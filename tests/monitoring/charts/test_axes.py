import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from monitoring.charts.axes import limit_label, rounded_top, scale_for, time_axis
from monitoring.charts.frame import Frame
from monitoring.charts.heatmap import heatmap
from monitoring.charts.sparkline import sparkline
from tests.monitoring.charts.drawing import FRAME, LIMIT, START, at, drawn


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (0.3, 0.5), (3, 5), (2314, 2500), (1000, 1000)])
def test_the_axis_ends_on_a_round_number(highest: float, top: float) -> None:
    assert rounded_top(highest) == top


def test_the_limit_has_room_above_it() -> None:
    scale = scale_for(940, LIMIT, 180)
    assert scale.highest_tick == 1000
    assert 18 < scale.y(1000) < scale.y(940)


def test_values_above_the_limit_raise_the_scale() -> None:
    assert scale_for(1800, LIMIT, 180).top == 2000


def test_a_limit_far_above_is_labelled_so() -> None:
    assert limit_label(LIMIT, is_inside=True) == LIMIT.label
    assert limit_label(LIMIT, is_inside=False) == f"↑ {LIMIT.label}, far above"


@pytest.mark.parametrize(
    ("minutes", "times"),
    [(15, ["13:00", "13:05", "13:10", "13:15"]), (60, ["13:00", "13:10", "13:20", "13:30", "13:40", "13:50", "14:00"])],
)
def test_times_are_round_and_at_most_seven(minutes: int, times: list[str]) -> None:
    axis = time_axis(Frame(START, START + timedelta(minutes=minutes)), 180)
    assert re.findall(r">(\d\d:\d\d)<", axis) == times


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
