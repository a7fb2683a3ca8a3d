"""The counted keys of a stream in Redis, for a minute: with the two windows, nothing is older than four minutes."""

from redis import RedisError

from monitoring.hot_keys.report import Report, from_json, to_json
from portal import live

_STORED_SECONDS = 60


def store_report(uid: str, report: Report | None) -> None:
    """Store the report, or remove the one before; raises RedisError."""
    if report is None:
        live.connect().delete(f"hot_keys:{uid}")
    else:
        live.connect().set(f"hot_keys:{uid}", to_json(report), ex=_STORED_SECONDS)


def stored_report(uid: str) -> Report | None:
    """Return the report of a stream, or None when no tap counts it, or another version of Sluice does."""
    try:
        raw = live.connect().get(f"hot_keys:{uid}")
        return from_json(live.text(raw)) if raw is not None else None
    except (RedisError, ValueError, KeyError, TypeError):
        return None
