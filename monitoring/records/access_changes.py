"""Reports to taps, through Redis, that a tenant allows other fields: else they would see it with their next list."""

import secrets
from contextlib import suppress

from redis import Redis, RedisError

from portal import live

_KEPT_SECONDS = 120  # longer than a tap goes without reading what is allowed


def report_change(slug: str) -> None:
    """Report a change of a tenant's fields; without Redis taps see it within a minute."""
    with suppress(RedisError):
        live.connect().set(_key(slug), secrets.token_hex(8), ex=_KEPT_SECONDS)


def last_change(redis: "Redis", slug: str) -> str:
    """Return what names the last change of a tenant's fields, "" if there was none lately; raises RedisError."""
    found = redis.get(_key(slug))
    return "" if found is None else live.text(found)


def _key(slug: str) -> str:
    return f"allowed_fields_changed:{slug}"
