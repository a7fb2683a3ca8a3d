from xml.etree import ElementTree as ET

from monitoring.charts.sparkline import sparkline


def test_a_sparkline_breaks_at_gaps_and_shares_a_scale() -> None:
    assert len(ET.fromstring(sparkline([1, 2, None, 3, 4]))) == 2  # noqa: S314  (ours)
    assert sparkline([5, 5], top=10) != sparkline([5, 5])
    assert sparkline([None, None]) == ""


def test_a_single_value_between_gaps_is_a_dash() -> None:
    (line,) = ET.fromstring(sparkline([None, 3, None]))  # noqa: S314  (ours)
    (first, last) = line.get("points", "").split()
    assert first.split(",")[1] == last.split(",")[1]
    assert first != last
