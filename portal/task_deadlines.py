"""How long a task may take. A worker's tasks are threads, whose time limits Celery does not keep; they are kept here.

After its soft limit a task begins no call to AWS (portal/aws/call_deadline.py). One that runs beyond its hard limit is
stuck, and a thread cannot be ended: the worker finishes its other tasks, then its process ends, and systemd or Docker
starts another. Nothing is lost: a message is acknowledged when its task is done, and a run is claimed again.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from celery.signals import task_postrun, task_prerun, worker_ready

log = logging.getLogger(__name__)

CHECK_SECONDS = 5.0
# For the worker's other tasks, once one is stuck.
GRACE_SECONDS = 60.0
EXIT_STATUS = 75  # EX_TEMPFAIL


def soft_limit(task: Any) -> float:
    """Return the seconds in which a task may begin calls to AWS."""
    return float(task.soft_time_limit or task.app.conf.task_soft_time_limit)


def hard_limit(task: Any) -> float:
    """Return the seconds after which a task is stuck."""
    return float(task.time_limit or task.app.conf.task_time_limit)


@dataclass
class RunningTasks:
    """The tasks of this process, and when each of them counts as stuck."""

    _until: dict[str, tuple[str, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, task: Any, task_id: str, now: float) -> None:
        """Note that a task runs."""
        with self._lock:
            self._until[task_id] = (task.name, now + hard_limit(task))

    def end(self, task_id: str) -> None:
        """Note that a task is over."""
        with self._lock:
            self._until.pop(task_id, None)

    def stuck(self, now: float) -> list[str]:
        """Return the names of the tasks that run beyond their limits."""
        with self._lock:
            return [name for name, until in self._until.values() if now > until]


RUNNING = RunningTasks()


@task_prerun.connect
def _begin(task: Any, task_id: str, **_: object) -> None:
    RUNNING.begin(task, task_id, time.monotonic())


@task_postrun.connect
def _end(task_id: str, **_: object) -> None:
    RUNNING.end(task_id)


@worker_ready.connect
def _watch(**_: object) -> None:
    threading.Thread(target=watch, name="task-deadlines", daemon=True).start()


def watch(running: RunningTasks = RUNNING, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until a task is stuck; then end this process, in good order except for that task."""
    while not (stuck := running.stuck(time.monotonic())):
        sleep(CHECK_SECONDS)
    log.critical("worker.task_stuck tasks=%s; this process ends", ",".join(sorted(stuck)))
    os.kill(os.getpid(), signal.SIGTERM)  # a warm shutdown, which waits for every task, so also for this one
    sleep(GRACE_SECONDS)
    os._exit(EXIT_STATUS)
