from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.silence.minutes import HOURS, Minutes, hour_of, start_of

START = datetime(2026, 11, 16, tzinfo=UTC)
FIRST = hour_of(START)
MINUTE = timedelta(minutes=1)


def minutes(*hours: list[int]) -> Minutes:
    found = Minutes()
    for place, arrived in enumerate(hours):
        found = found.with_hour(FIRST + place, [START + place * 60 * MINUTE + minute * MINUTE for minute in arrived])
    return found


def test_a_pause_counts_in_every_hour_that_it_touches() -> None:
    found = minutes([0, 50], [], [5, 59])
    assert found.pauses() == {FIRST: 74, FIRST + 1: 74, FIRST + 2: 74}
    assert minutes([*range(0, 60, 5)]).pauses() == {FIRST: 4}


def test_what_is_not_known_ends_a_pause() -> None:
    found = minutes([0, 50], [], [5, 59])
    assert found.without(FIRST + 1).pauses() == {FIRST: 49, FIRST + 2: 53}
    assert found.without(FIRST + 9) == found.without(FIRST - 1) == found


def test_hours_are_added_once_in_order_and_those_between_are_not_known() -> None:
    found = minutes([1], [2])
    assert found.with_hour(FIRST, [START]) == found
    later = found.with_hour(FIRST + 4, [])
    assert (later.end_hour, later.pauses().keys()) == (FIRST + 5, {FIRST, FIRST + 1, FIRST + 4})


def test_four_weeks_are_kept() -> None:
    found = minutes([1]).with_hour(FIRST + HOURS, [start_of(FIRST + HOURS)])
    assert (found.first_hour, len(found.hours)) == (FIRST + 1, HOURS)
    far = minutes([1]).with_hour(FIRST + 10**6, [])
    assert (far.end_hour, len(far.hours), list(far.pauses())) == (FIRST + 10**6 + 1, HOURS, [FIRST + 10**6])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sets(st.integers(0, 59)), min_size=1, max_size=6))
def test_pauses_are_those_between_the_minutes_with_records(hours: list[set[int]]) -> None:
    found = minutes(*(sorted(arrived) for arrived in hours))
    arrived = [60 * place + minute for place, hour in enumerate(hours) for minute in hour]
    edges = [-1, *sorted(arrived), 60 * len(hours)]
    pauses = [(before + 1, after) for before, after in pairwise(edges)]
    for place in range(len(hours)):
        touching = [
            end - start for start, end in pauses if start < 60 * (place + 1) and end > 60 * place and end > start
        ]
        assert found.pauses()[FIRST + place] == max(touching, default=0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sets(st.integers(0, 59)), max_size=5))
def test_what_is_packed_is_the_same_unpacked(hours: list[set[int]]) -> None:
    found = minutes(*(sorted(arrived) for arrived in hours))
    assert Minutes.unpacked(found.first_hour, found.packed()) == found
