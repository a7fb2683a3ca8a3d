"""A Python program on a host whose clock is wrong: `python -m tests.faults.wrong_clock SECONDS MODULE [ARGUMENT …]`.

Only the clock is wrong that a host's owner sets; the monotonic one goes on as it does.
"""

import datetime
import runpy
import sys
import time
from typing import Any

import psycopg  # noqa: F401  (it knows the real class of times, of which the other is a kind)

_Real = datetime.datetime
_time = time.time


class _AnyTime(type):
    def __instancecheck__(cls, given: object) -> bool:
        return isinstance(given, _Real)


def set_ahead(seconds: float) -> None:
    """Set this process's clock so many seconds ahead, before anything else is imported."""

    class Datetime(_Real, metaclass=_AnyTime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return _Real.now(tz) + datetime.timedelta(seconds=seconds)

        @classmethod
        def utcnow(cls) -> Any:
            return _Real.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(seconds=seconds)

    datetime.datetime = Datetime  # type: ignore[misc]  # the whole process is to see it
    time.time = lambda: _time() + seconds


if __name__ == "__main__":
    set_ahead(float(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
