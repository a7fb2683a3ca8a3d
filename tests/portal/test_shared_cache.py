"""Django's cache is one for all processes, and is empty while Redis is away."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from redis import Redis

from portal.shared_cache import SharedCache


@pytest.fixture
def away() -> SharedCache:
    return SharedCache("redis://127.0.0.1:1", {"OPTIONS": {"socket_connect_timeout": 1}})


def test_it_is_in_redis_under_a_prefix_of_its_own(clean_redis: str) -> None:
    cache: BaseCache = caches["default"]
    assert isinstance(cache, SharedCache)
    cache.set("a", 1, 60)
    assert cache.incr("a") == 2
    assert SharedCache(clean_redis, settings.CACHES["default"]).get("a") == 2
    with Redis.from_url(clean_redis) as client:
        assert client.keys() == [b"cache:1:a"]


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda cache: cache.get("a"), None),
        (lambda cache: cache.get("a", 7), 7),
        (lambda cache: cache.get_many(["a"]), {}),
        (lambda cache: cache.add("a", 1), True),
        (lambda cache: cache.set("a", 1), None),
        (lambda cache: cache.set_many({"a": 1}), []),
        (lambda cache: cache.get_or_set("a", 7), 7),
        (lambda cache: "a" in cache, False),
        (lambda cache: cache.touch("a"), False),
        (lambda cache: cache.delete("a"), False),
        (lambda cache: cache.delete_many(["a"]), None),
        (lambda cache: cache.clear(), False),
    ],
)
def test_without_redis_it_is_empty(away: SharedCache, ask: Callable[[Any], Any], expected: object) -> None:
    assert ask(away) == expected


def test_without_redis_a_count_is_missing(away: SharedCache) -> None:
    with pytest.raises(ValueError, match="a"):
        away.incr("a")
