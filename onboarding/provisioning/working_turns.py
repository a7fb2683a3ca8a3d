"""How many turns of a worker's threads work at the same time; those that hold a secret and wait for AWS do not count.

A turn that works has a connection to PostgreSQL and uses the process's one interpreter: more of them at once are no
faster. One that waits gives both back, so that a worker can have many threads.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

AT_ONCE = 40

_places = threading.BoundedSemaphore(AT_ONCE)
_own = threading.local()


@contextmanager
def working() -> Iterator[None]:
    """Wait for a place, and keep it for the block."""
    with _places:
        _own.has_place = True
        try:
            yield
        finally:
            _own.has_place = False


def rest(seconds: float) -> None:
    """Wait without a connection to PostgreSQL and, if this thread has a place, without that."""
    if not connection.in_atomic_block:
        connection.close()
    if not getattr(_own, "has_place", False):
        time.sleep(seconds)
        return
    _places.release()
    try:
        time.sleep(seconds)
    finally:
        _places.acquire()
