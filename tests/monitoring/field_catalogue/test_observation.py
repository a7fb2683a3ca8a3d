"""Which fields a record has: paths, types, bounds, and no values."""

from typing import Any

import pytest

from monitoring.decode.json_text import SentNumber
from monitoring.field_catalogue import observation
from monitoring.field_catalogue.json_types import names_of
from monitoring.field_catalogue.observation import from_json_line, observed
from monitoring.field_catalogue.paths import ANY, filter_of, is_shown, path_text
from monitoring.filters.grammar import parse

READING = {"device": "d-1", "zone name": "3.02", "reading": {"celsius": 21.5, "ok": True, "error": None}, "n": 3}


def seen(value: object) -> dict[str, list[str]]:
    found = observed(value)
    assert found is not None
    return {path_text(path): names_of(bits) for path, bits in found.fields}


def test_paths_and_types_of_a_record() -> None:
    assert seen(READING) == {
        "device": ["string"],
        "`zone name`": ["string"],
        "reading": ["object"],
        "reading.celsius": ["number"],
        "reading.ok": ["boolean"],
        "reading.error": ["null"],
        "n": ["integer"],
    }


def test_a_list_shares_the_path_of_its_items() -> None:
    assert seen({"samples": [{"t": 1}, {"t": 2.5, "u": "x"}], "grid": [[1, 2], [3.5]], "none": []}) == {
        "samples": ["array of object"],
        "samples.t": ["integer", "number"],
        "samples.u": ["string"],
        "grid": ["array of integer or number or array"],
        "none": ["array"],
    }


def test_a_list_as_the_record_has_the_fields_of_its_items() -> None:
    assert seen([{"t": 1}, {"t": "x"}]) == {"t": ["integer", "string"]}


@pytest.mark.parametrize("value", ["text", None, 7, 1.5])
def test_what_has_no_structure_is_no_sample(value: object) -> None:
    assert observed(value) is None


def test_numbers_as_they_were_sent() -> None:
    assert seen({"a": SentNumber("12345678901234567890"), "b": SentNumber("1.10"), "c": SentNumber("1e400")}) == {
        "a": ["integer"],
        "b": ["number"],
        "c": ["number"],
    }


@pytest.mark.parametrize(
    "name",
    [
        "6f1f3f9e-6f0e-4a57-9d5f-0c2f6a1b2c3d",
        "2026-11-30T06:00:00Z",
        "1764482400",
        "00:1a:2b:3c:4d:5e",
        "deadbeef00112233",
        "ada@north.example",
        "x" * 81,
        "",
    ],
)
def test_names_that_are_data_are_any_name(name: str) -> None:
    assert seen({"devices": {name: {"volt": 2.9}}}) == {
        "devices": ["object"],
        "devices.*": ["object"],
        "devices.*.volt": ["number"],
    }


def test_names_that_are_no_text_are_any_name() -> None:
    assert seen({1: "a", None: {"b": 2}}) == {"*": ["string", "object"], "*.b": ["integer"]}


def test_ordinary_names_stay() -> None:
    names = ["deviceId", "co2", "PM2_5", "abcdef", "accelerated", "added", "12", "a@", "temperature-2m"]
    found = observed(dict.fromkeys(names, 1))
    assert found is not None
    assert [path[0] for path, _ in found.fields] == names


def test_controls_and_halves_of_surrogates_are_shown_safely() -> None:
    [path] = seen({"a\x00\x1b\u202e\ud800<b>": 1})
    assert path.isprintable()
    assert path == "`a␀␛⟨U+202E⟩?<b>`"


def test_no_value_is_in_an_observation_but_that_of_the_kind() -> None:
    found = observed({"type": "thermometer", "person": "Alice", "t": 4711}, ("type",))
    assert found is not None
    assert found.kind == "thermometer"
    assert "Alice" not in repr(found)
    assert "4711" not in repr(found)
    assert "thermometer" not in repr(observed({"type": "thermometer"}))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"a": {"type": "x"}}, "x"),
        ({"a": {"type": 7}}, "7"),
        ({"a": {"type": True}}, None),
        ({"a": {"type": 10**6000}}, None),
        ({"a": {"type": "x" * 61}}, None),
        ({"a": {"type": "a\x1bb"}}, None),
        ({"a": {"type": ""}}, None),
        ({"a": [{"type": "x"}]}, None),
        ({"a": 1}, None),
        ([], None),
    ],
)
def test_a_kind_is_a_short_text_or_a_whole_number(value: object, kind: str | None) -> None:
    found = observed(value, ("a", "type"))
    assert found is not None
    assert found.kind == kind


def test_depth_names_and_values_are_bounded() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = {"n": deep}
    found = observed(deep)
    assert found is not None
    assert len(found.fields) == 10
    wide = observed({f"n{number}": 1 for number in range(5_000)})
    assert wide is not None
    assert (len(wide.fields), wide.is_cut) == (observation.MOST_PATHS, True)
    many = observed({"a": [[{"b": 1}] * 50] * 1_000})
    assert many is not None
    assert many.is_cut


def test_an_observation_survives_the_way_to_the_tap() -> None:
    found = observed({"a": {"6f1f3f9e-6f0e-4a57-9d5f-0c2f6a1b2c3d": [1]}, "type": "x"}, ("type",))
    assert found is not None
    fields, kind, is_cut = found.as_json()
    assert from_json_line([[[list(path), bits] for path, bits in fields], kind, is_cut]) == found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("reading", "celsius"), "reading.celsius exists"),
        (("zone name",), "`zone name` exists"),
        (("a.b", "7"), "`a.b`.7 exists"),
        (("7",), "`7` exists"),
        (("and",), "`and` exists"),
        (("x`y\\",), "`x\\`y\\\\` exists"),
        (("*",), "`*` exists"),
    ],
)
def test_a_path_is_written_as_a_filter_has_it(path: tuple[str, ...], text: str) -> None:
    assert filter_of(path) == text
    assert str(parse(text)) == text


def test_any_name_cannot_be_searched() -> None:
    assert filter_of(("a", ANY)) == ""
    assert (path_text(("a", ANY)), path_text(("a", "*"))) == ("a.*", "a.`*`")


def test_masked_readers_see_allowed_names_and_those_that_lead_to_them() -> None:
    allowed = {"reading.celsius", "7", "a.b"}
    assert is_shown(("reading",), allowed)
    assert is_shown(("reading", "celsius"), allowed)
    for path in [("reading", "x"), ("read",), ("7",), ("a.b",), ("reading", ANY), (ANY,)]:
        assert not is_shown(path, allowed), path
