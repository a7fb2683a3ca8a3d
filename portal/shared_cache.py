"""Django's cache in Redis, the same for every process; while Redis is away it holds nothing, and no request fails.

So what only counts in this cache allows everything without Redis. Limits that must not are in portal.rate_limits, each
with what it does then. See docs/decisions/0046-limits-without-redis.md.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis import RedisError

log = logging.getLogger(__name__)


def _or(nothing: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def guarded(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
            try:
                return method(self, *args, **kwargs)
            except RedisError as fault:
                log.warning("cache.away method=%s fault=%s", method.__name__, type(fault).__name__)
                return nothing(*args, **kwargs)

        return guarded

    return decorate


def _missing(key: str, *_: Any, **__: Any) -> Any:
    raise ValueError(key)  # as Django's caches do for a key that is not there


class SharedCache(RedisCache):
    """A RedisCache that is empty while Redis does not answer."""

    get = _or(lambda key, default=None, *_, **__: default)(RedisCache.get)
    get_many = _or(lambda *_, **__: {})(RedisCache.get_many)
    has_key = _or(lambda *_, **__: False)(RedisCache.has_key)
    add = _or(lambda *_, **__: True)(RedisCache.add)
    set = _or(lambda *_, **__: None)(RedisCache.set)
    set_many = _or(lambda *_, **__: [])(RedisCache.set_many)
    touch = _or(lambda *_, **__: False)(RedisCache.touch)
    delete = _or(lambda *_, **__: False)(RedisCache.delete)
    delete_many = _or(lambda *_, **__: None)(RedisCache.delete_many)
    incr = _or(_missing)(RedisCache.incr)
    clear = _or(lambda *_, **__: False)(RedisCache.clear)
