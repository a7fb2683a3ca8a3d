"""What a filter's text means, and where and why a text is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.filters.conditions import (
    TEXT_OPERATORS,
    All,
    AnyOf,
    Comparison,
    Condition,
    Exists,
    Field,
    Not,
    Number,
    OneOf,
    Operator,
    Text,
    literal_text,
)
from monitoring.filters.grammar import parse
from monitoring.filters.tokens import FilterRefused
from portal.messages.catalogue import text_of


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ('reading.celsius > 30 and zone = "3.02"', 'reading.celsius > 30 and zone = "3.02"'),
        ("a=1 or b=2 and c=3", "a = 1 or (b = 2 and c = 3)"),
        ("(a=1 or b=2) and c=3", "(a = 1 or b = 2) and c = 3"),
        ("not (a exists or not not b exists)", "not (a exists or b exists)"),
        ("NOT a EXISTS AND b IN ('x', 2, null)", 'not a exists and b in ("x", 2, null)'),
        ('"door"', '"door"'),
        ("name contains 'O\\'Brien \"x\"'", 'name contains "O\'Brien \\"x\\""'),
        ("`zone name`.`in` = true", "`zone name`.`in` = true"),
        ("readings[0].celsius <> -1.5e3", "readings.0.celsius != -1.5e3"),
        ("a.0.b == 0.5", "a.0.b = 0.5"),
        ("a.0 = 1 and `0`.1.2 = 3 and a.1.2.b exists", "a.0 = 1 and `0`.1.2 = 3 and a.1.2.b exists"),
        ("@key startswith 'room' and @size >= 1024", '@key startswith "room" and @size >= 1024'),
        ("`@key` = 1", "`@key` = 1"),
        ("größe:roh/x-1 < 'ü'", 'größe:roh/x-1 < "ü"'),
    ],
)
def test_what_a_filter_means(text: str, understood: str) -> None:
    assert str(parse(text)) == understood
    assert parse(understood) == parse(text)


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_no_text_is_no_filter(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "at", "code"),
    [
        ("a = door", 4, "filter.quotes_missing"),
        ("a = .5", 4, "filter.value_expected"),
        ("a.1e3 = 5", 2, "filter.name_expected"),
        ("a =", 3, "filter.value_expected"),
        ("a", 1, "filter.comparison_expected"),
        ("a = 1 b = 2", 6, "filter.and_or_expected"),
        ("(a = 1", 6, "filter.bracket_not_closed"),
        ("a = 1)", 5, "filter.bracket_not_opened"),
        ("a = 1 and", 9, "filter.condition_expected"),
        ("a = 1 and and", 10, "filter.condition_expected"),
        ('zone = "3', 7, "filter.text_not_closed"),
        ("`zone = 3", 0, "filter.name_not_closed"),
        ("a ~ 3", 2, "filter.character"),
        ("a; drop table", 1, "filter.character"),
        ("'a' = 3", 0, "filter.text_as_field"),
        ('""', 0, "filter.empty_text"),
        ("3 < a", 0, "filter.value_as_field"),
        ("true = a", 0, "filter.value_as_field"),
        ("a.b. = 3", 5, "filter.name_expected"),
        ("a[x] = 3", 2, "filter.place_expected"),
        ("a[1 = 3", 4, "filter.place_not_closed"),
        ("a in 3", 5, "filter.list_expected"),
        ("a in (3", 7, "filter.list_not_closed"),
        ("a < true", 4, "filter.no_order"),
        ("a contains 3", 11, "filter.text_expected"),
        ("a contains ''", 11, "filter.text_expected"),
        ("@foo = 3", 0, "filter.unknown_outside"),
        ("@key.x = 3", 0, "filter.unknown_outside"),
        ("a = 1e9999999999999999999", 4, "filter.number_too_large"),
        ("a = 3x", 4, "filter.quotes_missing"),
        ("(" * 11 + "a = 1" + ")" * 11, 10, "filter.nested_too_deep"),
        (" or ".join(["a=1"] * 41), 40 * 7, "filter.too_many_conditions"),
        (".".join("a" * 21) + " = 1", 0, "filter.too_many_names"),
        ("a = '" + "x" * 500 + "'", 500, "filter.too_long"),
    ],
)
def test_what_is_no_filter_says_where_and_why(text: str, at: int, code: str) -> None:
    with pytest.raises(FilterRefused) as refused:
        parse(text)
    assert (refused.value.message.code, refused.value.at) == (code, at)
    assert text_of(refused.value.message)


@given(st.text(max_size=600))
def test_no_text_raises_anything_else(text: str) -> None:
    place = -1
    try:
        parse(text)
    except FilterRefused as refused:
        place = refused.at
    assert -1 <= place <= len(text)


WORD = st.text(min_size=1, max_size=8)
FIELDS = st.lists(WORD, min_size=1, max_size=3).map(lambda path: Field(tuple(path)))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3).map(lambda value: Number(f"{value:f}", value))
LITERALS = st.one_of(st.text(max_size=8), NUMBERS, st.booleans(), st.none())
SINGLE = st.one_of(
    st.builds(Comparison, FIELDS, st.sampled_from([Operator.EQUAL, Operator.NOT_EQUAL]), LITERALS),
    st.builds(Comparison, FIELDS, st.sampled_from([Operator.LESS, Operator.AT_LEAST]), st.one_of(WORD, NUMBERS)),
    st.builds(Comparison, FIELDS, st.sampled_from(sorted(TEXT_OPERATORS)), WORD),
    st.builds(OneOf, FIELDS, st.lists(LITERALS, min_size=1, max_size=3).map(tuple)),
    st.builds(Exists, FIELDS),
    st.builds(Text, WORD),
)


def combined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(All), several.map(AnyOf), parts.filter(lambda part: not isinstance(part, Not)).map(Not)
    )


@given(st.recursive(SINGLE, combined, max_leaves=6))
def test_a_filter_is_written_as_it_is_read(condition: Condition) -> None:
    text, is_limit = str(condition), False
    try:
        found = parse(text)
    except FilterRefused as refused:
        found, is_limit = None, refused.message.code in {"filter.too_long", "filter.nested_too_deep"}
    assert str(found) == text or is_limit


@given(st.text(max_size=20))
def test_text_in_a_filter_is_read_as_it_was_meant(text: str) -> None:
    assert parse(f"a = {literal_text(text)}") == Comparison(Field(("a",)), Operator.EQUAL, text)
