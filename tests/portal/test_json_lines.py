"""Lines that are JSON: an object on one line, and nothing that a plain line could be taken for."""

import json

import pytest

from portal import json_lines


@pytest.mark.parametrize("value", [{"a": "b"}, {"Gebäude": "3 = 4"}, {"a\u2028b": "c\x85\n"}, {"\u00a0": ["x", "y"]}])
def test_an_object_stands_on_one_line_and_is_read_back(value: dict[str, object]) -> None:
    line = json_lines.written(value)
    assert len(line.splitlines()) == 1
    assert json_lines.read(f"  {line}  ") == value


def test_what_can_be_read_is_not_escaped() -> None:
    assert json_lines.written({"Gebäude": "größer"}) == '{"Gebäude": "größer"}'
    assert "\u00a0" not in json_lines.written({"a": "\u00a0"}), "a space that is none would not be seen"


@pytest.mark.parametrize("line", ["", "a = b", '["a"]', '"a"', "{", '{"a"}', "{a: b}", '{"a": ' * 5_000])
def test_other_lines_are_none(line: str) -> None:
    assert json_lines.read(line) is None
    assert json_lines.pair(line) is None


@pytest.mark.parametrize("value", [{}, {"a": 1}, {"a": None}, {"a": {"b": "c"}}, {"a": "b", "c": "d"}])
def test_a_pair_is_one_name_and_one_text(value: dict[str, object]) -> None:
    assert json_lines.pair(json.dumps(value)) is None
    assert json_lines.pair('{"a": ""}') == ("a", "")
