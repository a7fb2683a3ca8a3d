"""Which records a filter finds."""

import contextlib
import json
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.decode.budget import budget_for
from monitoring.decode.json_text import json_value
from monitoring.filters.conditions import Comparison, Field, Number, Operator
from monitoring.filters.grammar import parse
from monitoring.filters.matching import MAX_VISITED, NotExact, Record, TooMuchWork, is_allowed, matches

READING = {
    "device": "door-7",
    "zone": "3.02",
    "reading": {"celsius": 31.5, "unit": None, "is_valid": True, "count": 3},
    "tags": ["Lobby", "north"],
    "sensors": [{"id": 1, "volt": 3.3}, {"id": 2, "volt": 2.9}, "spare"],
    "grid": [[1, 2], [3, 4]],
}


def found(text: str, value: Any = READING, **outside: Any) -> bool:
    condition = parse(text)
    assert condition is not None
    return matches(condition, Record(value, json.dumps(value, ensure_ascii=False), **outside))


@pytest.mark.parametrize(
    "text",
    [
        "reading.celsius > 30 and zone = '3.02'",
        "zone = 3.02",
        "reading.celsius = 31.50",
        "reading.celsius <= 31.5 and reading.celsius >= 31.5",
        "reading.is_valid = true",
        "reading.unit = null",
        "reading.unit exists",
        "not reading.fahrenheit exists",
        "not reading.fahrenheit > 3",
        "device startswith 'DOOR' and device endswith '7' and device contains '-'",
        "device in ('x', 'door-7')",
        "device != 'door-8'",
        "tags = 'north'",
        "tags contains 'lob'",
        "sensors.volt < 3",
        "sensors.id = 2",
        "sensors[1].volt = 2.9",
        "sensors.1.id = 2",
        "grid[1][0] = 3",
        "'LOBBY' and \"door\"",
        "device > 'door-1'",
    ],
)
def test_what_a_filter_finds(text: str) -> None:
    assert found(text)
    assert not found(f"not ({text})")


@pytest.mark.parametrize(
    "text",
    [
        "reading.celsius > '30'",
        "reading.is_valid = 1",
        "reading.count = true",
        "reading.unit = 'null'",
        "device = 'DOOR-7'",
        "missing != 3",
        "missing = null",
        "sensors.id != 1",
        "grid[5] exists",
        "grid[123456789012] exists",
        "'window'",
        "celsius > 3",
    ],
)
def test_what_a_filter_does_not_find(text: str) -> None:
    assert not found(text)


def test_what_is_outside_of_a_record() -> None:
    outside = {"partition_key": "room-7", "size": 1024, "decoder": "gzip › JSON"}
    assert found("@key = 'room-7' and @size >= 1024 and @decoder contains 'gzip'", **outside)
    assert not found("`@key` exists", **outside), "a field of the record that has this name"


def test_text_of_a_record_without_structure_is_found() -> None:
    text = parse("'21 °C'")
    assert text is not None
    assert matches(text, Record("It is 21 °C.", "It is 21 °C."))
    assert matches(text, Record(None, "It is 21 °C."))


@pytest.mark.parametrize(
    ("sent", "text"), [("1e400", "v > 1e399"), ("12345678901234567890123", "v = 12345678901234567890123")]
)
def test_numbers_are_compared_as_they_were_sent(sent: str, text: str) -> None:
    class Sent(float):
        """As the decoders keep a number that says more than a float."""

        text = sent

    number = Sent(sent)
    assert found(text, {"v": number})
    assert not found("v = 12345678901234567890124 or v < 1e20", {"v": number})


def test_lists_in_lists_do_not_multiply_beyond_the_limit() -> None:
    value: Any = {"a": 1}
    for _ in range(3):
        value = {"a": [value] * 100}
    assert not found("a.a.a.a = 2", value)
    assert found("a.a.a.a = 1", value)
    wide = {"a": [{"b": number} for number in range(3 * MAX_VISITED)]}
    assert found(f"a.b = {MAX_VISITED - 1}", wide)
    assert not found(f"a.b = {2 * MAX_VISITED}", wide)


def test_each_value_of_a_name_that_repeats_is_found() -> None:
    class Repeated(dict[str, Any]):
        """As the decoders keep an object in which names repeat."""

        pairs = (("a", 1), ("a", 2))

    assert found("a = 1", Repeated(a=2))
    assert found("a = 2", Repeated(a=2))


@pytest.mark.parametrize(
    ("text", "is_free"),
    [
        ("reading.celsius > 30", True),
        ("readings[0].celsius > 30", False),
        ("sensors.id = 1 or sensors.id = 2", True),
        ("sensors[0].id = 1", False),
        ("reading.5.celsius = 'Alice'", False),
        ("`reading.celsius` = 'Alice'", False),
        ("zone = '3'", False),
        ("reading exists", False),
        ("'door'", False),
        ("@key = 'a'", False),
        ("@size > 3 and @decoder = 'JSON'", True),
        ("not (reading.celsius > 30 and not zone exists)", False),
    ],
)
def test_who_sees_only_some_fields_can_filter_by_those_alone(text: str, *, is_free: bool) -> None:
    condition = parse(text)
    assert condition is not None
    assert is_allowed(condition, {"reading.celsius", "sensors.id"}) is is_free
    if text.startswith("@key"):
        assert is_allowed(condition, {"partition_key"})


NUMBERS = st.one_of(st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False, width=32))


SENT = st.from_regex(r"-?(0|[1-9][0-9]{0,22})(\.[0-9]{1,22})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
OPERATORS = (Operator.LESS, Operator.AT_MOST, Operator.EQUAL, Operator.NOT_EQUAL, Operator.AT_LEAST, Operator.GREATER)


@given(SENT, SENT, st.integers(0, 20), st.booleans())
def test_a_number_that_was_rounded_is_compared_as_it_was_sent_or_not_at_all(
    sent: str, typed: str, digits: int, is_near: bool
) -> None:
    typed = str(round(Decimal(sent), digits)) if is_near and abs(Decimal(sent)) < 10**5 else typed
    literal, fast = Number(typed, Decimal(typed)), Record({"v": orjson.loads(sent)}, "", is_exact=False)
    for operator in OPERATORS:
        condition = Comparison(Field(("v",)), operator, literal)
        exact = matches(
            condition, Record(json_value(b'{"v": %s}' % sent.encode(), budget_for(99), exact=True).value, "")
        )
        with contextlib.suppress(NotExact):
            assert matches(condition, fast) is exact
        if float(sent) != float(typed):
            matches(condition, fast)  # decided without the text


@given(NUMBERS, NUMBERS)
def test_numbers_are_ordered_as_python_orders_them(left: float, right: float) -> None:
    literal = Number(repr(right), Decimal(repr(right)))
    holds = {
        operator
        for operator in (Operator.LESS, Operator.AT_MOST, Operator.EQUAL, Operator.AT_LEAST, Operator.GREATER)
        if matches(Comparison(Field(("v",)), operator, literal), Record({"v": left}, ""))
    }
    exact_left, exact_right = Decimal(repr(left)), literal.value
    expected = (
        {Operator.AT_MOST, Operator.AT_LEAST, Operator.EQUAL}
        if exact_left == exact_right
        else ({Operator.LESS, Operator.AT_MOST} if exact_left < exact_right else {Operator.GREATER, Operator.AT_LEAST})
    )
    assert holds == expected


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=12,
)


@given(VALUES, st.sampled_from(["a = 1", "a.b > 'x'", "a.b.c contains 'x'", "a[0] < 3", "a exists", "b in (1, true)"]))
def test_no_value_raises_anything(value: Any, text: str) -> None:
    condition = parse(text)
    assert condition is not None
    assert matches(condition, Record(value, "")) in {True, False}


@pytest.mark.parametrize(
    ("text", "value", "content"),
    [
        (f"a in ({', '.join(map(str, range(100)))})", {"a": [-1] * 10_000}, ""),
        (" or ".join(f"'{'a' * size}b'" for size in range(60, 66)), None, "a" * 10 * 1024 * 1024),
        (" or ".join(f"a.b.x{number} = 1" for number in range(25)), {"a": [{"b": [1] * 200}] * 200}, ""),
    ],
)
def test_a_filter_that_would_need_much_work_for_a_record_ends(text: str, value: Any, content: str) -> None:
    condition = parse(text)
    assert condition is not None
    with pytest.raises(TooMuchWork):
        matches(condition, Record(value, content))
