"""How many pages of one tenant are read at the same time, in Redis: others are read meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis import RedisError

from monitoring.history.store import LEASE_SECONDS
from portal import live

MOST_OF_TENANT = 2


@contextmanager
def share_of(tenant: str, name: str) -> Iterator[bool]:
    """Hold one of a tenant's shares inside the block; gives whether there was one. Raises RedisError."""
    redis, key = live.connect(), f"history_shares:{tenant}"
    now = live.now()
    with redis.pipeline() as pipe:
        pipe.zremrangebyscore(key, 0, now - LEASE_SECONDS)
        pipe.zadd(key, {name: now}, nx=True)
        pipe.expire(key, 2 * LEASE_SECONDS)
        pipe.zrank(key, name)
        place = pipe.execute()[-1]
    try:
        yield place is not None and int(place) < MOST_OF_TENANT
    finally:
        with suppress(RedisError):  # it expires by itself
            redis.zrem(key, name)
