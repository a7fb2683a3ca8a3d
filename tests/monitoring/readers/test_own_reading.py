from datetime import timedelta

from redis import Redis

from monitoring.readers.own_reading import note_age, own_ages
from portal import live
from tests.monitoring.conftest import NOW

MINUTE = NOW.replace(second=0, microsecond=0)


def test_the_highest_age_of_each_minute_is_kept_for_a_while(clean_redis: str) -> None:
    for age in (3.0, 7.5, 0.2):
        note_age("abc", age, NOW)
    note_age("abc", 1.0, NOW - timedelta(minutes=2))
    note_age("other", -0.5, NOW)
    note_age("abc", 99.0, NOW - timedelta(hours=1))
    assert own_ages(MINUTE) == {
        "abc": ((MINUTE - timedelta(minutes=2), 1_000), (MINUTE, 7_500)),
        "other": ((MINUTE, 0),),
    }
    redis = Redis.from_url(clean_redis)
    assert all(0 < redis.ttl(key) <= 1800 for key in redis.scan_iter("own_ages:*"))


def test_without_redis_nothing_is_known_and_nothing_fails(settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live.connect.cache_clear()
    try:
        note_age("abc", 3.0, NOW)
        assert own_ages(MINUTE) == {}
    finally:
        live.connect.cache_clear()
