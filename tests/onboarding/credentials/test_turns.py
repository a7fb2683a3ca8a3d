"""Turns are taken in order, a few at a time, and whoever waits behind what hangs goes without one."""

import threading
import time
from contextlib import ExitStack

from onboarding.credentials.turns import Turns


def test_a_creation_that_hangs_does_not_stop_the_others() -> None:
    turns = Turns(4, patience=0.05)
    with ExitStack() as hanging:
        assert [hanging.enter_context(turns.taken()) for _ in range(4)] == [True] * 4
        with turns.taken() as has_turn:
            assert not has_turn
    with ExitStack() as afterwards:
        taken = [afterwards.enter_context(turns.taken()) for _ in range(4)]
        assert taken == [True] * 4, "what had no turn gave none back"


def test_whoever_waits_keeps_waiting_while_turns_are_given_back() -> None:
    turns, most, at_work = Turns(2, patience=30, longest=60), [0], [0]
    lock, had = threading.Lock(), list[bool]()

    def use() -> None:
        with turns.taken() as has_turn:
            with lock:
                had.append(has_turn)
                at_work[0] += 1
                most[0] = max(most[0], at_work[0])
            time.sleep(0.005)  # so that others come meanwhile
            with lock:
                at_work[0] -= 1

    threads = [threading.Thread(target=use) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert had == [True] * 40
    assert most[0] <= 2


def test_who_came_first_has_its_turn_first() -> None:
    turns, order = Turns(1, patience=60, longest=60), list[int]()

    def use(number: int) -> None:
        with turns.taken():
            order.append(number)

    threads = []
    with turns.taken():
        for number in range(5):
            thread = threading.Thread(target=use, args=(number,))
            thread.start()
            threads.append(thread)
            while turns.waiting <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(60)
    assert order == [0, 1, 2, 3, 4]


def test_nobody_waits_longer_than_the_longest_time() -> None:
    turns, ended = Turns(1, patience=0.05, longest=0.2), threading.Event()

    def others_give_turns_back() -> None:
        while not ended.wait(0.001):
            turns._given_back += 1

    others = threading.Thread(target=others_give_turns_back)
    others.start()
    try:
        with turns.taken(), turns.taken() as has_turn:
            assert not has_turn
    finally:
        ended.set()
        others.join(60)
    assert not turns.waiting
