import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.records.readable_text import hex_dump, readable

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ('{"a":1e400,"a":1.10}', '{\n  "a": 1e400,\n  "a": 1.10\n}'),
        ("[[], {}, [1]]", "[\n  [],\n  {},\n  [\n    1\n  ]\n]"),
        ('{"a": "x, {\\"}"}', '{\n  "a": "x, {\\"}"\n}'),
        ('{"a": [1, "cut', '{\n  "a": [\n    1,\n    "cut'),
        ("]]}", "\n]\n]\n}"),
    ],
)
def test_only_white_space_between_tokens_changes(sent: str, shown: str) -> None:
    assert readable(sent) == shown


@given(VALUES)
def test_json_says_the_same_on_lines_of_its_own(value: object) -> None:
    assert json.loads(readable(json.dumps(value))) == value


def test_deep_nesting_and_endless_strings_are_bounded() -> None:
    for text in ("[" * 65_536, "[" * 24 + "1," * 32_000, '"' + "\\" * 65_535, '"' * 65_536):
        assert len(readable(text)) <= 256 * 1024
    assert len(readable("[" * 24 + "1," * 32_000)) > 200 * 1024


def test_a_hex_dump_has_offsets_and_ascii() -> None:
    assert hex_dump(b'{"a": 1}\x00\xffA') == "00000000  7b 22 61 22 3a 20 31 7d  00 ff 41" + " " * 17 + '{"a": 1}..A'
    assert hex_dump(bytes(17)).splitlines()[1].startswith("00000010  00 ")
    assert hex_dump(b"") == ""
