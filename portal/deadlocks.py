"""Deadlocks of PostgreSQL, repeated and named: it ends one of two transactions that wait for each other's rows.

The order of locks is the same everywhere (onboarding/row_locks.py), so a deadlock is a mistake of ours. It is logged as
that, and the transaction, of which nothing was kept, is repeated.
https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS
"""

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Model
from psycopg.errors import DeadlockDetected

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
ATTEMPTS = 3


def is_deadlock(error: BaseException) -> bool:
    """Return whether PostgreSQL ended a transaction because of a deadlock."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected)


def atomic(service: Callable[P, T]) -> Callable[P, T]:
    """Make a function one transaction that is repeated after a deadlock, at most twice.

    Rows among the arguments have the same fields in each attempt: what the attempt before assigned to them was not
    stored. As a part of another transaction it is not repeated: PostgreSQL has ended the whole of it.
    """

    @wraps(service)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            rows = [(row, row.__getstate__()) for row in (*args, *kwargs.values()) if isinstance(row, Model)]
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except OperationalError as error:
                if not is_deadlock(error):
                    raise
                log.warning("database.deadlock in=%s attempt=%s", service.__qualname__, attempt)
                _restore(rows)
                if attempt == ATTEMPTS or connection.in_atomic_block:
                    raise
        raise AssertionError("every attempt returns or raises")

    return repeated


def _restore(rows: Iterable[tuple[Model, dict[str, Any]]]) -> None:
    for row, fields in rows:
        row.__dict__.clear()
        row.__dict__.update(fields)
