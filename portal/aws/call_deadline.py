"""Until when calls to AWS may begin: a task that has taken too long stops at its next call.

A call that has begun ends by itself, at most botocore_sessions.CALL_SECONDS later.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_UNTIL: ContextVar[float | None] = ContextVar("calls_begin_until", default=None)


class DeadlinePassed(Exception):
    """The time in which calls to AWS may begin is over."""


@contextmanager
def calls_begin_within(seconds: float) -> Iterator[None]:
    """Allow the code in the block to begin calls to AWS for so many seconds, and no longer than a block around it."""
    until, outer = time.monotonic() + seconds, _UNTIL.get()
    token = _UNTIL.set(until if outer is None else min(until, outer))
    try:
        yield
    finally:
        _UNTIL.reset(token)


def check() -> None:
    """Raise DeadlinePassed if no call may begin any more."""
    left = seconds_left()
    if left is not None and left < 0:
        raise DeadlinePassed


def seconds_left() -> float | None:
    """Return for how many seconds calls may begin, or None without a deadline."""
    until = _UNTIL.get()
    return None if until is None else until - time.monotonic()
