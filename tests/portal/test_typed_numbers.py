"""Numbers as people type them."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.typed_numbers import NumberRefused, plain, typed_number


def number(text: str, *, is_whole: bool = False) -> Decimal:
    return typed_number(text, least=0, most=10**9, is_whole=is_whole)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        (" 1500 ", "1500"),
        ("+7", "7"),
        ("0.5", "0.5"),
        ("0,5", "0.5"),
        (".5", "0.5"),
        ("0,500", "0.5"),
        ("0.500", "0.5"),
        ("1,5", "1.5"),
        ("1234,500", "1234.5"),
        ("1 500", "1500"),
        ("1 500,25", "1500.25"),
        ("1 500,250", "1500.25"),
        ("1\u00a0500", "1500"),
        ("1\u202f500", "1500"),
        ("1'500.5", "1500.5"),
        ("1’500", "1500"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234.5", "1234.5"),
        ("12.345,5", "12345.5"),
        ("1,234.567", "1234.567"),
        ("1.234.567,8", "1234567.8"),
    ],
)
def test_a_number_is_read(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(("text", "large", "small"), [("1,500", "1500", "1.5"), ("12.345", "12345", "12.345")])
def test_an_ambiguous_number_is_refused_with_both_readings(text: str, large: str, small: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        number(text)
    assert (refused.value.message.code, refused.value.message.params["large"]) == ("number.ambiguous", large)
    assert refused.value.message.params["small"] == small
    assert number(str(refused.value.message.params["grouped"])) == Decimal(large)


@pytest.mark.parametrize(("text", "value"), [("1,024", 1024), ("1.024", 1024), ("1 024", 1024), ("2.0", 2)])
def test_a_whole_number_has_one_reading(text: str, value: int) -> None:
    assert number(text, is_whole=True) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("- 0.5", "negative"),
        ("--5", "unreadable"),
        ("-x", "unreadable"),
        ("1e9", "unreadable"),
        ("NaN", "unreadable"),
        ("inf", "unreadable"),
        ("٣", "unreadable"),
        ("²", "unreadable"),
        ("0x10", "unreadable"),
        ("1,", "unreadable"),
        ("1,23,456", "unreadable"),
        ("1,234,56", "unreadable"),
        ("1.2.3", "unreadable"),
        ("1,234.567,8", "unreadable"),
        ("12 34", "unreadable"),
        ("1234 567", "unreadable"),
        ("1 500 00", "unreadable"),
        ("1 234.5 678", "unreadable"),
        ("1,500 000", "unreadable"),
        ("five", "unreadable"),
        ("9" * 41, "unreadable"),
        ("9" * 40, "too_large"),
        ("1000000001", "too_large"),
    ],
)
def test_anything_else_is_refused(text: str, code: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        number(text)
    assert refused.value.message.code == f"number.{code}"


def test_bounds_belong_to_it() -> None:
    assert typed_number("1", least=1, most=2) == 1
    assert typed_number("2", least=1, most=2) == 2
    for text, code in (("0.99", "number.too_small"), ("2.01", "number.too_large")):
        with pytest.raises(NumberRefused) as refused:
            typed_number(text, least=1, most=2)
        assert refused.value.message.code == code


def test_half_a_consumer_is_no_consumer() -> None:
    with pytest.raises(NumberRefused) as refused:
        number("1.5", is_whole=True)
    assert refused.value.message.code == "number.not_whole"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_is_an_error_of_the_program(text: str) -> None:
    with suppress(NumberRefused):
        assert 0 <= number(text) <= 10**9


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_shown_can_be_typed(value: int) -> None:
    assert number(plain(Decimal(value)), is_whole=True) == value
