from xml.etree import ElementTree as ET

import pytest

from monitoring.charts.sparkline import round_top, sparkline


def box(svg: str) -> str:
    return ET.fromstring(svg).get("viewBox", "")  # noqa: S314  (ours)


def test_a_sparkline_breaks_at_gaps() -> None:
    assert len(ET.fromstring(sparkline([1, 2, None, 3, 4]))) == 2  # noqa: S314  (ours)
    assert sparkline([None, None]) == ""


def test_lines_with_one_top_have_one_scale_and_the_same_points() -> None:
    assert box(sparkline([5, 5], top=10)) == box(sparkline([1, 2], top=10)) == "0 -10.6 100 11.2"
    assert box(sparkline([430, 5])) == box(sparkline([1, 2], top=500))
    assert sparkline([5, 5], top=10).partition("data-peak")[2] == sparkline([5, 5]).partition("data-peak")[2]


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 0.01), (0.01, 0.01), (0.03, 0.05), (0.2, 0.2), (1, 1), (430, 500), (501, 1000), (1000, 1000), (99_999, 1e5)],
)
def test_a_scale_ends_at_a_round_number(highest: float, top: float) -> None:
    assert round_top(highest) == top


def test_a_single_value_between_gaps_is_a_dash() -> None:
    (line,) = ET.fromstring(sparkline([None, 3, None]))  # noqa: S314  (ours)
    (first, last) = line.get("points", "").split()
    assert first.split(",")[1] == last.split(",")[1]
    assert first != last
