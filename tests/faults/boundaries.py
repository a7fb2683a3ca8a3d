"""Every place where a worker can die, numbered in the order in which it comes to them.

A boundary is: before a call to AWS is sent, after its answer has come, before and after a commit of the database.
The heartbeat of the lease is not counted: it comes by the clock, not in the order of the work.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import botocore.client
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_counting = True
READS = ("SELECT", "SET ", "SHOW", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass
class Boundaries:
    """Counts them, keeps their names, and at the wanted one ends (or stops) this process."""

    at: int = 0
    signal: int = signal.SIGKILL
    trail: Path | None = None
    count: int = 0
    names: list[str] = field(default_factory=list)

    def reach(self, name: str) -> None:
        """Note a boundary; at the wanted one, be killed."""
        if not _counting or threading.current_thread() is not threading.main_thread():
            return
        self.count += 1
        self.names.append(name)
        if self.trail is not None:
            with self.trail.open("a") as trail:
                trail.write(f"{name}\n")
        if self.count == self.at:
            os.kill(os.getpid(), self.signal)


@contextmanager
def uncounted() -> Iterator[None]:
    """Leave out what the tests themselves write."""
    global _counting  # noqa: PLW0603  (one worker in a process, which has one count)
    _counting = False
    try:
        yield
    finally:
        _counting = True


def install(boundaries: Boundaries) -> Callable[[], None]:
    """Watch this process's calls and commits from now on; return what ends that."""
    call, commit = botocore.client.BaseClient._make_api_call, BaseDatabaseWrapper._commit

    def watched_call(client, operation, parameters):
        boundaries.reach(f"before {operation}")
        answer = call(client, operation, parameters)
        boundaries.reach(f"after {operation}")
        return answer

    def watched_commit(connection):
        boundaries.reach("before commit")
        commit(connection)
        boundaries.reach("after commit")

    def watched_statement(execute, sql, params, many, context):
        alone = not context["connection"].in_atomic_block and not str(sql).startswith(READS)
        if not alone:
            return execute(sql, params, many, context)
        boundaries.reach("before commit")
        answer = execute(sql, params, many, context)
        boundaries.reach("after commit")
        return answer

    def watch(connection, **_):
        if watched_statement not in connection.execute_wrappers:
            connection.execute_wrappers.append(watched_statement)

    def end() -> None:
        connection_created.disconnect(watch)
        botocore.client.BaseClient._make_api_call = call
        BaseDatabaseWrapper._commit = commit

    botocore.client.BaseClient._make_api_call = watched_call
    BaseDatabaseWrapper._commit = watched_commit
    connection_created.connect(watch, weak=False)
    return end
