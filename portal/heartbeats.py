"""Which processes are alive: each sends a heartbeat to Redis from the loop that does its work.

One sorted set for each kind, `heartbeats:<kind>`, from process to Redis's time of its last heartbeat, and for each lane
that workers serve, `heartbeats:worker:<lane>`. It expires after ten minutes, as does a process that stopped without
signing off.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from redis import RedisError

from portal import live

log = logging.getLogger(__name__)

Kind = Literal["beat", "worker", "tap"]
KINDS: tuple[Kind, ...] = ("beat", "worker", "tap")

BEAT_SECONDS = 5.0
SILENT_SECONDS = 15.0
REMEMBER_SECONDS = 600
_sent_at: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """Processes of one kind: how many are alive, and for how many seconds the others have been silent."""

    alive: int
    silent_seconds: tuple[float, ...]


def beat(kind: Kind, process: str = live.PROCESS, *, lanes: Iterable[str] = ()) -> None:
    """Record that a process of this kind, serving these lanes, is alive; at most every five seconds; never raises."""
    now = time.monotonic()
    if now - _sent_at.get(f"{kind} {process}", -BEAT_SECONDS) < BEAT_SECONDS:
        return
    _sent_at[f"{kind} {process}"] = now
    try:
        redis = live.connect()
        moment = live.now()
        with redis.pipeline(transaction=False) as pipe:
            for key in _keys(kind, lanes):
                pipe.zadd(key, {process: moment})
                pipe.zremrangebyscore(key, 0, moment - REMEMBER_SECONDS)
                pipe.expire(key, REMEMBER_SECONDS)
            pipe.execute()
    except RedisError as fault:
        log.warning("heartbeat.not_sent kind=%s fault=%s", kind, type(fault).__name__)


def sign_off(kind: Kind, process: str = live.PROCESS, *, lanes: Iterable[str] = ()) -> None:
    """Record that a process stops in good order, so that it is not missed; never raises."""
    _sent_at.pop(f"{kind} {process}", None)
    try:
        redis = live.connect()
        for key in _keys(kind, lanes):
            redis.zrem(key, process)
    except RedisError as fault:
        log.warning("heartbeat.not_signed_off kind=%s fault=%s", kind, type(fault).__name__)


def seen(kind: Kind, lane: str = "") -> Seen:
    """Return which processes of a kind, or of a lane, were heard of; raises RedisError."""
    now = live.now()
    key = f"heartbeats:{kind}:{lane}" if lane else f"heartbeats:{kind}"
    last: Any = live.connect().zrange(key, 0, -1, withscores=True)
    ages = [now - float(at) for _, at in last]
    silent = tuple(sorted(age for age in ages if SILENT_SECONDS < age <= REMEMBER_SECONDS))
    return Seen(sum(age <= SILENT_SECONDS for age in ages), silent)


def _keys(kind: Kind, lanes: Iterable[str]) -> list[str]:
    return [f"heartbeats:{kind}", *(f"heartbeats:{kind}:{lane}" for lane in lanes)]
