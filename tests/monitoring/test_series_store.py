import pytest
from redis import Redis

from monitoring import series_store
from monitoring.series import ShardSeries
from tests.monitoring.pages.streams import minutes, series

SHARD = ShardSeries("shardId-000000000001", 0.5, 1.0, ("shardId-000000000000",), {"records": minutes(1, 2)})
SERIES = series((SHARD,), records=minutes(3, 4), bytes=())


@pytest.mark.usefixtures("clean_redis")
def test_a_series_is_the_same_after_redis() -> None:
    stored = series_store.store("abc", SERIES)
    assert series_store.stored_series("abc") == stored
    assert series_store.parse(stored) == SERIES


def test_shards_are_found_without_parsing(clean_redis: str) -> None:
    assert series_store.store("abc", SERIES).has_shards
    assert not series_store.store("abc", series(records=minutes(3))).has_shards


def test_nothing_is_found_where_nothing_was_stored(clean_redis: str) -> None:
    assert series_store.stored_series("abc") is None


def test_a_collection_survives_a_redis_that_is_unavailable(settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    series_store.live.connect.cache_clear()
    try:
        assert series_store.parse(series_store.store("abc", SERIES)) == SERIES
        assert series_store.stored_series("abc") is None
    finally:
        series_store.live.connect.cache_clear()


def test_it_expires(clean_redis: str) -> None:
    series_store.store("abc", SERIES)
    assert 0 < Redis.from_url(clean_redis).ttl("series:abc") <= series_store.STORED_SECONDS
