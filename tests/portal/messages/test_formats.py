import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.messages.formats import (
    count,
    duration,
    duration_parts,
    formatted,
    percent,
    percent_number,
    rate,
    size,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0.4 s"), (58, "58 s"), (100, "2 minutes"), (7_199, "120 minutes"), (7_200, "2 hours"), (200_000, "2 days")],
)
def test_durations_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("per_second", "text"),
    [(0, "0"), (1 / 300, "<0.01"), (0.03, "0.03"), (0.5, "0.5"), (9.96, "10.0"), (2314, "2,314")],
)
def test_rates_keep_the_digits_that_matter(per_second: float, text: str) -> None:
    assert rate(per_second) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.0004, "<0.1%"),
        (0.003, "0.3%"),
        (0.0996, "10%"),
        (0.41, "41%"),
        (0.998, "99.8%"),
        (0.9999, "99.9%"),
        (1, "100%"),
        (1.2, "120%"),
    ],
)
def test_shares_are_written_in_per_cent(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 bytes"), (1023, "1,023 bytes"), (2048, "2 KiB"), (1_572_864, "1.5 MiB")]
)
def test_sizes_are_written_in_binary_units(number: int, text: str) -> None:
    assert size(number) == text


def test_a_count_is_still_a_number() -> None:
    assert str(count(120_000.0)) == "120,000"
    assert count(1) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("silent_seconds", "12 minutes"),
        ("seconds", "12 minutes"),
        ("records_per_second", "720"),
        ("record_count", "720"),
        ("port", "720"),
    ],
)
def test_the_end_of_a_name_says_what_the_number_is(name: str, text: str) -> None:
    assert str(formatted(name, 720)) == text


NUMBERS = st.floats(0, 1e9, allow_nan=False)


def number_of(text: str) -> float:
    return float(text.removeprefix("<").replace(",", ""))


@settings(max_examples=100, deadline=None)
@given(NUMBERS, NUMBERS)
def test_a_larger_rate_is_never_written_as_a_smaller_one(first: float, second: float) -> None:
    less, more = sorted((first, second))
    assert number_of(rate(less)) <= number_of(rate(more))


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1.5), st.floats(0, 1.5))
@example(0.97999, 0.98)
@example(0.0994, 0.0995)
def test_a_larger_share_is_never_written_as_a_smaller_one(first: float, second: float) -> None:
    less, more = (number_of(percent_number(share)) for share in sorted((first, second)))
    assert less <= more


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1))
def test_only_nothing_reads_zero_and_only_the_whole_reads_a_hundred(share: float) -> None:
    text = percent(share)
    assert (text == "0%") is (share == 0)
    assert (number_of(text.removesuffix("%")) == 100) is (share == 1)


@settings(max_examples=100, deadline=None)
@given(NUMBERS)
def test_a_duration_is_near_what_it_says(seconds: float) -> None:
    number, unit = duration_parts(seconds)
    shown_seconds = float(number) * {"s": 1, "minutes": 60, "hours": 3600, "days": 86400}[unit]
    assert abs(shown_seconds - seconds) <= max(0.5, 0.5 * {"s": 1, "minutes": 60, "hours": 3600, "days": 86400}[unit])
    assert duration(seconds) == f"{number} {unit}"
    assert unit == "s" or float(number) >= 2  # never "1 minutes"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**50))
def test_a_size_is_near_what_it_says_and_in_the_largest_unit_that_fits(size_in_bytes: int) -> None:
    number, unit = size(size_in_bytes).split(" ")
    scale = {"bytes": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}[unit]
    assert abs(number_of(number) * scale - size_in_bytes) <= scale * 0.051
    assert size_in_bytes >= scale or scale == 1
    assert size_in_bytes < 1024 * scale or unit == "GiB"


@pytest.mark.parametrize("write", [duration, rate, percent, size])
def test_nothing_is_written_as_nothing(write: Callable[[float], str]) -> None:
    assert re.match(r"0( s|%| bytes)?$", write(0))


def test_counts_keep_their_value_in_comparisons_and_sums() -> None:
    assert f"{count(1234.9)}" == "1,234"
    assert count(2) + count(3) == 5
    assert {count(7): "a"}[7] == "a"
