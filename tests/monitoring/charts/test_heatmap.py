from datetime import timedelta
from xml.etree import ElementTree as ET

from monitoring.charts.frame import Frame
from monitoring.charts.heatmap import heatmap
from tests.monitoring.charts.drawing import FRAME, START, at


def cells(svg: str) -> list[ET.Element]:
    return [cell for cell in ET.fromstring(svg).iter() if cell.tag == "rect"]  # noqa: S314  (ours)


def test_a_hot_shard_is_red_and_a_minute_without_data_is_not_zero() -> None:
    found = cells(heatmap([("…0006", [at(0, 0.97), at(30, 0.2)])], frame=FRAME))
    classes = [cell.get("class") for cell in found]
    assert (classes[0], classes[30]) == ("h9", "h2")
    assert classes.count("h-none") == 58
    assert [found[0][0].text, found[1][0].text] == ["97% of the write limit", "no data"]


def test_a_cell_shows_the_highest_value_of_its_interval() -> None:
    found = cells(heatmap([("…0006", [at(0, 0.1), at(5, 0.8), at(9, 0.3)])], frame=FRAME, most_columns=6))
    assert found[0].get("class") == "h8"


def test_a_young_stream_has_a_cell_for_each_minute_and_no_invented_gaps() -> None:
    frame = Frame(START, START + timedelta(minutes=15))
    found = cells(heatmap([("…0006", [at(minute, 0.3) for minute in range(15)])], frame=frame))
    assert [cell.get("class") for cell in found] == ["h3"] * 15
