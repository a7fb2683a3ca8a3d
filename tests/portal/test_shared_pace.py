"""Calls that share a quota keep a distance, whichever thread makes them, and none waits without an end."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import RedisError

from portal import live
from portal.shared_pace import wait_for_turn

pytestmark = pytest.mark.usefixtures("clean_redis")


def test_turns_of_one_name_are_apart_and_those_of_others_do_not_wait() -> None:
    begun = time.monotonic()

    def turn(name: str) -> tuple[str, float]:
        assert wait_for_turn(name, seconds_apart=0.5, longest=60)
        return name, time.monotonic() - begun

    with ThreadPoolExecutor(6) as pool:
        turns = list(pool.map(turn, ["a", "b", "a", "c", "a", "d"]))
    first, second, third = sorted(at for name, at in turns if name == "a")
    assert second - first > 0.3
    assert third - second > 0.3
    assert {name for name, _ in turns} == {"a", "b", "c", "d"}


def test_a_turn_that_does_not_come_is_not_waited_for_without_an_end() -> None:
    assert wait_for_turn("a", seconds_apart=600, longest=0)
    assert not wait_for_turn("a", seconds_apart=600, longest=0.2)


def test_without_redis_the_distance_is_kept_by_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise RedisError

    monkeypatch.setattr(live, "connect", away)
    begun = time.monotonic()
    assert wait_for_turn("a", seconds_apart=0.2, longest=60)
    assert time.monotonic() - begun >= 0.2
