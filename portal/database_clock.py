"""PostgreSQL's clock. Hosts' clocks may differ by a minute; what is due, held or too old is judged by this one alone.

In a query and in a row that is written, `django.db.models.functions.Now`; in Python, a DatabaseClock.
"""

import time
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, Func


class DatabaseClock:
    """PostgreSQL's time, read at the first use and continued by this process's monotonic clock: good for minutes."""

    def __init__(self, read_at: datetime | None = None) -> None:
        """Continue from what PostgreSQL's clock showed a moment ago, where the caller has read it (`ClockNow`)."""
        self._began = None if read_at is None else (read_at, time.monotonic())

    def now(self) -> datetime:
        """Return PostgreSQL's time."""
        if self._began is None:
            self._began = _read(), time.monotonic()
        read_at, then = self._began
        return read_at + timedelta(seconds=time.monotonic() - then)


class ClockNow(Func):
    """PostgreSQL's time at this moment, in a query; Now() is when the transaction began."""

    function = "clock_timestamp"
    output_field = DateTimeField()


def _read() -> datetime:
    with connection.cursor() as cursor:
        # Not now(), which is the time at which the transaction began.
        cursor.execute("SELECT clock_timestamp()")
        read_at: datetime = cursor.fetchone()[0]
    return read_at
