"""What ends a task that takes too long: no further call to AWS, and after its hard limit the end of the worker."""

import signal
import time
from types import SimpleNamespace

import pytest

from portal import task_deadlines
from portal.aws import call_deadline
from portal.celery import app
from portal.task_deadlines import RunningTasks, hard_limit, soft_limit, watch

TASK = SimpleNamespace(name="test.task", app=app, soft_time_limit=None, time_limit=None)


def test_the_limits_of_a_task_are_its_own_or_those_of_all() -> None:
    own = SimpleNamespace(app=app, soft_time_limit=7, time_limit=9)
    assert (soft_limit(own), hard_limit(own)) == (7, 9)
    assert (soft_limit(TASK), hard_limit(TASK)) == (app.conf.task_soft_time_limit, app.conf.task_time_limit)


def test_a_task_is_stuck_after_its_hard_limit_and_not_when_it_is_over() -> None:
    running = RunningTasks()
    running.begin(TASK, "a", now=100.0)
    assert running.stuck(100.0 + hard_limit(TASK)) == []
    assert running.stuck(100.1 + hard_limit(TASK)) == ["test.task"]
    running.end("a")
    assert running.stuck(1e9) == []


def test_every_task_of_a_worker_is_watched_and_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    @app.task(name="test.watched", soft_time_limit=30)
    def watched() -> None:
        seen.append(task_deadlines.RUNNING.stuck(1e12))
        left = call_deadline.seconds_left()
        assert left is not None
        assert 29 < left <= 30

    try:
        watched.apply(throw=True)
    finally:
        app.tasks.pop("test.watched")
    assert seen == [["test.watched"]]
    assert (task_deadlines.RUNNING.stuck(1e12), call_deadline.seconds_left()) == ([], None)


def test_a_stuck_task_ends_the_process_after_the_others_had_time(monkeypatch: pytest.MonkeyPatch) -> None:
    running, done, pauses = RunningTasks(), [], []
    running.begin(TASK, "a", now=time.monotonic() - hard_limit(TASK) + 0.1)
    monkeypatch.setattr(task_deadlines.os, "kill", lambda _, number: done.append(signal.Signals(number).name))
    monkeypatch.setattr(task_deadlines.os, "_exit", done.append)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        time.sleep(0.11 if len(pauses) == 1 else 0)

    watch(running, pause)
    assert done == ["SIGTERM", task_deadlines.EXIT_STATUS]
    assert pauses == [task_deadlines.CHECK_SECONDS, task_deadlines.GRACE_SECONDS]
