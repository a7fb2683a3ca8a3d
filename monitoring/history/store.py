"""Requested pages in Redis: what was requested, how far it is, and the rows found, for five minutes from the request.

Keys, all with an expiry: `history:<name>` the request; `history_progress:`, `history_rows:`; `history_wanted:` while a
page shows it, `history_cancelled:` once someone cancelled it. `kept_room` has what is kept beside the rows.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from redis.lock import Lock

from monitoring.history.progress import Progress
from monitoring.history.query import HistoryQuery
from monitoring.records.record_row import RecordRow, from_json
from portal import live

KEPT_SECONDS = 300
WANTED_SECONDS = 20
LEASE_SECONDS = 60  # longer than a turn with its last call to AWS
_SENT_AGAIN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Requested:
    """What a worker reads, and of which integration."""

    integration_id: int
    query: HistoryQuery


def request(name: str, requested: Requested) -> bool:
    """Store a request, and return whether it is new; raises RedisError."""
    content = json.dumps({"i": requested.integration_id, "q": requested.query.as_json()})
    want(name)
    return bool(live.connect().set(f"history:{name}", content, nx=True, ex=KEPT_SECONDS))


def is_requested(name: str) -> bool:
    """Return whether a page was requested in the last five minutes; raises RedisError."""
    return bool(live.connect().exists(f"history:{name}"))


def requested(name: str) -> Requested | None:
    """Return the request, or None once it has expired; raises RedisError."""
    raw = live.connect().get(f"history:{name}")
    if raw is None:
        return None
    content = json.loads(live.text(raw))
    return Requested(int(content["i"]), HistoryQuery.from_json(content["q"]))


def seconds_left(name: str) -> float:
    """Return for how long the request is kept; raises RedisError."""
    return max(0.0, int(live.connect().pttl(f"history:{name}")) / 1000)


def want(name: str) -> None:
    """Note that a page waits, so that reading goes on for 20 s; raises RedisError."""
    live.connect().set(f"history_wanted:{name}", "1", ex=WANTED_SECONDS)


def cancel(name: str) -> None:
    """Have reading stop; raises RedisError."""
    live.connect().set(f"history_cancelled:{name}", "1", ex=KEPT_SECONDS)


def is_cancelled(name: str) -> bool:
    """Return whether someone cancelled the reading; raises RedisError."""
    return bool(live.connect().exists(f"history_cancelled:{name}"))


def is_wanted(name: str) -> bool:
    """Return whether a page waits for it and no one cancelled it; raises RedisError."""
    return bool(live.connect().exists(f"history_wanted:{name}")) and not is_cancelled(name)


def may_send(name: str) -> bool:
    """Return whether a worker should hear of the request: at first, and again each ten seconds; raises RedisError."""
    return bool(live.connect().set(f"history_sent:{name}", "1", nx=True, ex=_SENT_AGAIN_SECONDS))


def lease(name: str) -> Lock:
    """Return the lock of the worker that reads the page."""
    return Lock(live.connect(), f"history_lease:{name}", timeout=LEASE_SECONDS, blocking=False, thread_local=False)


def keep(name: str, progress: Progress) -> None:
    """Store how far a page is; raises RedisError."""
    if seconds := int(seconds_left(name)):
        live.connect().set(f"history_progress:{name}", progress.to_json(), ex=seconds)


def progress_of(name: str) -> Progress:
    """Return how far a page is; raises RedisError."""
    raw = live.connect().get(f"history_progress:{name}")
    return Progress() if raw is None else Progress.from_json(live.text(raw))


def add_rows(name: str, rows: Sequence[RecordRow], *, in_front: bool) -> None:
    """Add rows, in the order of arrival, behind those stored or in front of them; raises RedisError."""
    seconds, key = int(seconds_left(name)), f"history_rows:{name}"
    if not rows or not seconds:
        return
    stored = [row.to_json() for row in rows]
    with live.connect().pipeline() as pipe:
        if in_front:
            pipe.lpush(key, *reversed(stored))
        else:
            pipe.rpush(key, *stored)
        pipe.expire(key, seconds)
        pipe.execute()


def rows_of(name: str) -> list[RecordRow]:
    """Return the rows found so far, oldest first; raises RedisError."""
    return [from_json(live.text(row)) for row in live.connect().lrange(f"history_rows:{name}", 0, -1)]
