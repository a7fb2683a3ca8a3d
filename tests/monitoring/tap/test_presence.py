import time

import pytest
from redis import Redis

from monitoring.tap.presence import TapPresence


@pytest.fixture
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


def test_a_tap_alone_knows_of_no_other(redis: Redis) -> None:
    tap = TapPresence("a", redis)
    tap.announce(keeps_up=True)
    assert not tap.another_keeps_up()


def test_only_a_tap_that_keeps_up_counts(redis: Redis) -> None:
    tap, other = TapPresence("a", redis), TapPresence("b", redis)
    other.announce(keeps_up=False)
    assert not tap.another_keeps_up()
    other.announce(keeps_up=True)
    assert tap.another_keeps_up()
    other.leave()
    assert not tap.another_keeps_up()


def test_a_tap_that_was_killed_does_not_count(redis: Redis) -> None:
    tap = TapPresence("a", redis)
    redis.hset("taps", "b", f"in time:{time.time() - 1:.0f}")
    assert not tap.another_keeps_up()


def test_the_entries_expire(redis: Redis) -> None:
    TapPresence("a", redis).announce(keeps_up=True)
    assert 0 < redis.ttl("taps") <= 10
