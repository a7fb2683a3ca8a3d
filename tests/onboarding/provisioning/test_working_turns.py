"""So many turns work at once; those that rest with a secret give their places to others."""

import threading
import time

import pytest
from django.db import connection

from onboarding.provisioning import working_turns
from onboarding.provisioning.working_turns import rest, working


@pytest.fixture(autouse=True)
def two_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_turns, "_places", threading.BoundedSemaphore(2))


def test_no_more_turns_work_than_there_are_places() -> None:
    lock, at_work, most = threading.Lock(), [0], [0]

    def turn() -> None:
        with working():
            with lock:
                at_work[0] += 1
                most[0] = max(most[0], at_work[0])
            time.sleep(0.01)
            with lock:
                at_work[0] -= 1

    threads = [threading.Thread(target=turn) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [2]


def test_a_turn_that_rests_gives_its_place_to_another_and_works_on_with_one() -> None:
    order: list[str] = []
    began = threading.Event()

    def other() -> None:
        began.wait(10)
        with working(), working_turns._places:
            order.append("both places")

    thread = threading.Thread(target=other)
    thread.start()
    with working():
        began.set()
        while not order:  # until the other thread had both places
            rest(0.01)
        order.append("works on")
    thread.join(10)
    assert order == ["both places", "works on"]


def test_without_a_place_there_is_none_to_give_back() -> None:
    rest(0)
    with working(), working_turns._places:
        pass


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_rests_has_no_connection() -> None:
    connection.ensure_connection()
    rest(0)
    assert connection.connection is None
