from hypothesis import given
from hypothesis import strategies as st

from monitoring.expected_hours.services import hours_of, ranges_of


@given(st.lists(st.none() | st.tuples(st.integers(0, 23), st.integers(1, 24)), min_size=7, max_size=7))
def test_ranges_are_those_of_the_hours(ranges: list[tuple[int, int] | None]) -> None:
    some = tuple(found if found and found[0] < found[1] else None for found in ranges)
    assert ranges_of(frozenset(hours_of(some))) == [[found] if found else [] for found in some]


def test_a_pause_at_noon_makes_two_ranges() -> None:
    assert ranges_of(frozenset({7, 8, 13})) == [[(7, 9), (13, 14)], [], [], [], [], [], []]
