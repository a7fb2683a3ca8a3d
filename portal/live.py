"""Hints to browsers: a change is published here once, and portal.events delivers it to every open page.

Redis may lose all of it. Keys, all with an expiry:
`last:<topic>:<event>` the newest event, so that a page that opens now does not wait for the next change;
`events:<topic>` which events a topic has; `watch:<topic>` its viewers by web process; `watching` an index of those.
"""

import hashlib
import json
import logging
import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from redis import Redis, RedisError

log = logging.getLogger(__name__)

LAST_SECONDS = 60
WATCH_SECONDS = 20
PROCESS = f"{os.getpid()}-{secrets.token_hex(4)}"
_WATCHING = "watching"
Note = Mapping[str, Any]


@lru_cache(maxsize=4)
def connect(url: str = "") -> Redis:
    """Return this process's Redis client (bytes in, bytes out) with timeouts short enough for a web request."""
    return Redis.from_url(
        url or settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, health_check_interval=30
    )


def now(url: str = "") -> float:
    """Return Redis's time in seconds, the same for every host; raises RedisError."""
    moment: Any = connect(url).time()  # seconds, and microseconds besides
    return float(moment[0]) + float(moment[1]) / 1_000_000


def text(value: object) -> str:
    """Return an answer of Redis as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def channel(topic: str) -> str:
    """Return the Redis channel on which the topic's events are published."""
    return f"live:{topic}"


def publish(
    topic: str,
    event: str,
    html: str = "",
    *,
    replay: str | None = None,
    note: Note | None = None,
    replay_note: Note | None = None,
) -> None:
    """Publish an event to every viewer of the topic; never raises, because an event is a hint and pages can reload.

    `replay`, where given, is what a viewer who connects within the next 60 s receives in place of `html`. `note` says
    what an event shows, for the rule that notes who was sent it (portal.event_access); a browser is not sent it.
    """
    message = json.dumps({"event": event, "data": html, **_noted(note)})
    again = message if replay is None else json.dumps({"event": event, "data": replay, **_noted(replay_note)})
    try:
        with connect().pipeline(transaction=False) as pipe:
            pipe.set(f"last:{topic}:{event}", again, ex=LAST_SECONDS)
            pipe.sadd(f"events:{topic}", event)
            pipe.expire(f"events:{topic}", 2 * LAST_SECONDS)
            pipe.publish(channel(topic), message)
            pipe.execute()
    except RedisError as fault:
        log.warning("live.publish_failed topic=%s event=%s fault=%s", topic, event, type(fault).__name__)


def forget(topic: str, event: str) -> None:
    """Send the newest event of a kind to no viewer who connects from now on; never raises."""
    try:
        connect().delete(f"last:{topic}:{event}")
    except RedisError as fault:
        log.warning("live.forget_failed topic=%s event=%s fault=%s", topic, event, type(fault).__name__)


def _noted(note: Note | None) -> dict[str, Note]:
    return {} if note is None else {"note": note}


def end_streams(*, user_id: int | None = None, session_key: str = "", session_digest: str = "") -> None:
    """End every open event stream of a person, a session or a link (its digest), in all web processes; never raises.

    A browser that may still watch connects again, and its access is then checked.
    """
    ending = {"user_id": user_id} if user_id is not None else {"session": session_digest or digest(session_key)}
    try:
        connect().publish(channel(""), json.dumps(ending))
    except RedisError as fault:
        log.warning("live.end_failed fault=%s", type(fault).__name__)  # the re-check ends them, within a minute


def digest(session_key: str) -> str:
    """Return what stands for a session in messages, so that no one can sign in with what Redis has seen."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def is_away(url: str = "") -> bool:
    """Return whether Redis does not answer; takes two seconds at most. False for a broker that is not Redis."""
    try:
        connect(url).ping()
    except RedisError:
        return True
    except ValueError:  # not the address of a Redis
        return False
    return False


def hold(counts: Mapping[str, int], *, process: str = PROCESS, url: str = "") -> None:
    """Record for 20 s how many viewers of each topic this process has; never raises."""
    try:
        until = now(url) + WATCH_SECONDS
        with connect(url).pipeline(transaction=False) as pipe:
            for topic, count in counts.items():
                pipe.hset(f"watch:{topic}", process, f"{count}:{until:.0f}")
                pipe.expire(f"watch:{topic}", WATCH_SECONDS)
                pipe.zadd(_WATCHING, {topic: until})
            pipe.zremrangebyscore(_WATCHING, 0, until - WATCH_SECONDS)
            pipe.expire(_WATCHING, 2 * WATCH_SECONDS)
            pipe.execute()
    except RedisError as fault:
        log.warning("live.hold_failed fault=%s", type(fault).__name__)


def release(topic: str, *, process: str = PROCESS, url: str = "") -> None:
    """Record that this process has no viewers of the topic any more; never raises."""
    try:
        client = connect(url)
        client.hdel(f"watch:{topic}", process)
        if not client.exists(f"watch:{topic}"):
            client.zrem(_WATCHING, topic)
    except RedisError as fault:
        log.warning("live.release_failed topic=%s fault=%s", topic, type(fault).__name__)


def watchers(topic: str) -> int:
    """Return how many event streams of the topic are open in all web processes; 0 when Redis is not available."""
    try:
        held, moment = connect().hvals(f"watch:{topic}"), now()
    except RedisError:
        return 0
    claims = (text(value).split(":") for value in held)
    return sum(int(count) for count, until in claims if float(until) > moment)


def watched(prefix: str) -> set[str]:
    """Return the topics with viewers now that begin with the prefix; empty when Redis is not available."""
    try:
        topics = connect().zrangebyscore(_WATCHING, now(), "+inf")
    except RedisError as fault:
        log.warning("live.watched_failed fault=%s", type(fault).__name__)
        return set()
    return {name for name in map(text, topics) if name.startswith(prefix)}
