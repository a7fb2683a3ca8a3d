import pytest

from portal.messages.formats import count, duration, formatted, percent, rate, size


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0.4 s"), (58, "58 s"), (100, "2 minutes"), (7_199, "120 minutes"), (7_200, "2 hours"), (200_000, "2 days")],
)
def test_durations_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("per_second", "text"), [(0, "0"), (0.03, "0.03"), (0.5, "0.5"), (9.96, "10.0"), (2314, "2,314")]
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
