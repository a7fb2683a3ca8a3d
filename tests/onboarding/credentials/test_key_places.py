"""A worker holds a limited number of new keys, not all of them of one tenant, and who waits is told how long."""

import pytest

from onboarding.credentials.key_places import USUALLY_HELD_SECONDS, Holder, KeyPlaces

MOST, OF_ONE = 8, 7


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def places(clock: Clock) -> KeyPlaces:
    return KeyPlaces(MOST, clock)


def filled(places: KeyPlaces, clock: Clock) -> list[Holder]:
    """Take every place that one tenant may have, one second after the other."""
    holders = [Holder(number, 1) for number in range(OF_ONE)]
    for holder in holders:
        assert places.take(holder) == 0
        clock.now += 1
    return holders


def test_one_tenant_leaves_a_place_for_another(places: KeyPlaces, clock: Clock) -> None:
    filled(places, clock)
    assert places.take(Holder(50, 1)) > 0
    assert places.take(Holder(60, 2)) == 0
    assert places.take(Holder(61, 3)) > 0


def test_who_waits_asks_again_when_the_place_of_the_one_before_is_free(places: KeyPlaces, clock: Clock) -> None:
    filled(places, clock)
    answers = [places.take(Holder(50 + number, 1)) for number in range(OF_ONE + 1)]
    first = USUALLY_HELD_SECONDS - OF_ONE
    assert answers == [first + number for number in range(OF_ONE)] + [first + USUALLY_HELD_SECONDS]


def test_a_question_again_keeps_the_order(places: KeyPlaces, clock: Clock) -> None:
    filled(places, clock)
    first, second = places.take(Holder(50, 1)), places.take(Holder(51, 1))
    clock.now += 1
    assert (places.take(Holder(51, 1)), places.take(Holder(50, 1))) == (second - 1, first - 1)


def test_a_place_that_is_given_back_is_the_next_ones(places: KeyPlaces, clock: Clock) -> None:
    holders = filled(places, clock)
    waiting = Holder(50, 1)
    assert places.take(waiting) > 0
    places.leave(holders[3])
    places.leave(holders[3])
    assert places.take(waiting) == 0
    assert places.take(Holder(51, 1)) > 0


def test_a_run_has_one_place_however_often_it_asks(places: KeyPlaces, clock: Clock) -> None:
    holders = filled(places, clock)
    assert places.take(holders[0]) == 0
    places.leave(holders[0])
    assert places.take(Holder(50, 1)) == 0
    assert places.take(Holder(51, 1)) > 0


def test_holders_that_take_long_make_nobody_ask_without_a_pause(places: KeyPlaces, clock: Clock) -> None:
    filled(places, clock)
    clock.now += 100
    assert places.take(Holder(50, 1)) == 0.5


def test_who_does_not_come_back_keeps_no_one_behind(places: KeyPlaces, clock: Clock) -> None:
    filled(places, clock)
    first = places.take(Holder(50, 1))
    assert places.take(Holder(51, 1)) == first + 1
    clock.now += first + 31
    assert places.take(Holder(51, 1)) == 0.5
    assert list(places._waiting) == [Holder(51, 1)]
