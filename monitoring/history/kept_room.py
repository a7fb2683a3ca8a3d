"""How much pages of history may keep in Redis beside their rows, for records that are opened: a page, a tenant, all.

Each is counted for five minutes from its first byte, as long as a page lasts, so that at most twice as much is kept.
"""

from portal import live

MOST_OF_PAGE = 16 * 1024 * 1024
MOST_OF_TENANT = 64 * 1024 * 1024
MOST_OF_ALL = 256 * 1024 * 1024
_SECONDS = 300


def room(page: str, tenant: str) -> int:
    """Return how many bytes a page of a tenant may still keep; raises RedisError."""
    counts = live.connect().mget(_names(page, tenant))
    left = [most - int(count or 0) for most, count in zip(_MOST, counts, strict=True)]
    return max(0, min(left))


def count(page: str, tenant: str, size: int) -> None:
    """Count bytes that a page keeps; raises RedisError."""
    if not size:
        return
    with live.connect().pipeline() as pipe:
        for name in _names(page, tenant):
            pipe.set(name, 0, nx=True, ex=_SECONDS)
            pipe.incrby(name, size)
        pipe.execute()


_MOST = (MOST_OF_PAGE, MOST_OF_TENANT, MOST_OF_ALL)


def _names(page: str, tenant: str) -> list[str]:
    return [f"history_kept:{page}", f"history_kept_of:{tenant}", "history_kept_of_all"]
