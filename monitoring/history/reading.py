"""The worker's part of a requested page: one worker at a time reads it, a turn of 20 s at most.

A page that needs long never holds a worker for long: the next turn begins where this one ended. A worker that ends in
between loses only its turn.
"""

import logging
from contextlib import closing
from dataclasses import replace

from redis import RedisError
from redis.exceptions import LockError
from redis.lock import Lock

from monitoring.history import store
from monitoring.history.opened import NothingToRead, opened
from monitoring.history.problems import problem_of
from monitoring.history.progress import Phase, Progress
from monitoring.history.query import HistoryQuery
from monitoring.history.shard_choice import ShardsRejected
from monitoring.history.shares import share_of
from monitoring.history.turn import Turn
from monitoring.records.bounded_decoder import DecoderUnavailable
from portal.aws.errors import AwsFault
from portal.messages.message import Message

log = logging.getLogger(__name__)


def read_turn(name: str) -> bool:
    """Read a turn of a requested page; return whether another one should follow. Raises RedisError.

    Nothing is read while another worker reads the page, or its tenant has its share of workers.
    """
    requested = store.requested(name)
    lock = store.lease(name)
    if requested is None or not lock.acquire():
        return False
    try:
        progress = store.progress_of(name)
        if progress.is_over:
            return False
        progress = _after_turn(name, requested.integration_id, requested.query, progress)
        store.keep(name, progress)
        return not progress.is_over
    finally:
        _release(lock, name)


def _after_turn(name: str, integration_id: int, query: HistoryQuery, progress: Progress) -> Progress:
    try:
        stream = opened(integration_id)
    except NothingToRead as nothing:
        return replace(progress, phase=Phase.FAILED, problem=nothing.message)
    with share_of(stream.tenant_slug, name) as has_share:
        if not has_share:
            return progress
        with closing(Turn(name, stream, query, progress)) as turn:
            problem = _problem_in(turn)
    return turn.progress if problem is None else replace(turn.progress, phase=Phase.FAILED, problem=problem)


def _problem_in(turn: Turn) -> Message | None:
    """Read the turn, and return why it could not be read."""
    try:
        turn.read()
    except ShardsRejected as rejected:
        return rejected.message
    except DecoderUnavailable:
        return Message("decode.unavailable")
    except AwsFault as fault:
        log.warning("history.aws_error stream=%s fault=%s", turn.stream.uid, fault.code)
        return problem_of(fault)
    except RedisError:
        raise
    except Exception:  # whatever it is, the page that waits must be able to say so
        log.exception("history.unexpected_error stream=%s", turn.stream.uid)
        return Message("history.unexpected_error")
    return None


def _release(lock: Lock, name: str) -> None:
    try:
        lock.release()
    except LockError:
        log.info("history.lease_expired page=%s", name)  # it expired by itself, which has the same effect
