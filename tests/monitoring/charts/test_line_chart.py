from xml.etree import ElementTree as ET

from monitoring.charts.axes import Limit
from tests.monitoring.charts.drawing import LIMIT, at, drawn


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
    assert (chart.limit, chart.is_limit_drawn) == (LIMIT.label, True)


def test_a_limit_far_above_does_not_flatten_the_line() -> None:
    chart = drawn([at(1, 3), at(2, 2)], limit=LIMIT)
    assert (chart.limit, chart.is_limit_drawn) == (f"↑ {LIMIT.label}, far above", False)
    assert not found(chart.svg, "limit"), "no line where the limit is not"
    assert found(chart.svg, "tick")[1].text == "0"
    assert "5" in {tick.text for tick in found(chart.svg, "tick")}


def test_no_data_draws_axes_and_no_line() -> None:
    chart = drawn([], limit=LIMIT)
    assert chart.is_empty
    assert not found(chart.svg, "series-1")
    assert "No data in this period." in chart.svg


def test_a_single_point_is_a_dot() -> None:
    assert [dot.tag for dot in found(drawn([at(5, 1)]).svg, "series-1")] == ["circle"]


def test_points_outside_the_frame_are_not_drawn() -> None:
    assert drawn([at(-10, 1), at(5, 1), at(61, 1)]).values == (("13:05", "1"),)


def test_every_point_can_be_read_by_hovering_and_in_the_table() -> None:
    chart = drawn([at(3, 41.27), at(4, 0)])
    assert "<title>13:03 UTC: 41.3 records/s</title>" in chart.svg
    assert chart.values == (("13:03", "41.3"), ("13:04", "0"))


def test_a_label_cannot_become_markup() -> None:
    chart = drawn([at(1, 1)], limit=Limit(2, "<script>alert(1)</script>"))
    assert "<script" not in chart.svg


def test_the_drawing_describes_itself_to_people_who_do_not_see_it() -> None:
    label = ET.fromstring(drawn([at(3, 41.27), at(4, 0)]).svg).get("aria-label")  # noqa: S314  (ours)
    assert label == "Incoming, records/s. Between 0 and 41.3 records/s. Last value 0 at 13:04 UTC."
