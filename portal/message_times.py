"""When a message is due and when it expires, by Redis's clock, which is the same for every host.

Celery writes both by the sender's clock and judges them by the receiver's. With hosts a minute apart, a message for now
would be held for a minute, or counted as expired when it arrives. So the sender adds both times by Redis's clock, and
the receiver turns them into its own.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Task
from celery.signals import before_task_publish
from celery.worker.strategy import default  # type: ignore[attr-defined]  # the stubs omit it
from django.utils import timezone
from redis import RedisError

from portal import database_scope, live
from portal.aws.call_deadline import calls_begin_within
from portal.task_deadlines import soft_limit

_MEASURED_SECONDS = 10  # in so short a time two clocks do not drift apart
_CLOCK_WAS_SET = 0.5
# Celery's header → ours, which a worker of an earlier version does not read.
_BY_REDIS = {"eta": "sluice_eta", "expires": "sluice_expires"}


class ClockedTask(Task):  # type: ignore[type-arg]  # takes none when it runs
    """A task whose messages are due and expire by Redis's clock; it begins without a scope, and with a deadline."""

    Strategy = "portal.message_times:strategy"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run without a scope of the database until the task enters one; begin no call to AWS after its soft limit."""
        with database_scope.nothing(), calls_begin_within(soft_limit(self)):
            return self.run(*args, **kwargs)


@before_task_publish.connect
def add_times(headers: dict[str, Any], **_: object) -> None:
    """Add to a message's headers when it is due and when it expires by Redis's clock."""
    found = {name: headers[name] for name in _BY_REDIS if headers.get(name)}
    if found and (ahead := _host_is_ahead()) is not None:
        headers.update({_BY_REDIS[name]: _moved(at, -ahead) for name, at in found.items()})


def received(headers: dict[str, Any]) -> dict[str, Any]:
    """Return a message's headers with both times by this host's clock; unchanged where Redis does not answer."""
    found = {name: headers[ours] for name, ours in _BY_REDIS.items() if headers.get(ours)}
    if not found or (ahead := _host_is_ahead()) is None:
        return headers
    return {**headers, **{name: _moved(at, ahead) for name, at in found.items()}}


def strategy(task: Any, app: Any, consumer: Any, **options: Any) -> Callable[..., Any]:
    """Return what a worker does with a message of a task: as Celery does, with its times by this host's clock."""
    handle = default(task, app, consumer, **options)

    def handle_by_own_clock(message: Any, *args: Any, **more: Any) -> Any:
        message.headers = received(message.headers)
        return handle(message, *args, **more)

    return handle_by_own_clock


@dataclass(frozen=True, slots=True)
class _Measured:
    """How far this host is ahead of Redis; `at` is monotonic, `clock` what the host's clock was ahead of that."""

    at: float
    clock: float
    ahead: timedelta

    @property
    def holds(self) -> bool:
        """Return whether it is recent, and this host's clock was not set meanwhile."""
        return time.monotonic() - self.at < _MEASURED_SECONDS and abs(_host_clock() - self.clock) < _CLOCK_WAS_SET


class _Newest:
    """The newest measurement of this process: a round trip for each message would cost more than the message."""

    measured: _Measured | None = None


_newest = _Newest()


def _host_is_ahead() -> timedelta | None:
    if _newest.measured is not None and _newest.measured.holds:
        return _newest.measured.ahead
    try:
        by_redis = live.now()
    except RedisError:
        return None
    ahead = timezone.now() - datetime.fromtimestamp(by_redis, UTC)
    _newest.measured = _Measured(time.monotonic(), _host_clock(), ahead)
    return ahead


def _host_clock() -> float:
    return timezone.now().timestamp() - time.monotonic()


def _moved(at: str, by: timedelta) -> str:
    return (datetime.fromisoformat(at) + by).isoformat()
