"""Whether this installation can work: what /readyz answers.

Only what this web process needs to answer requests at all makes it unavailable. A missing worker, beat, tap or Redis
is missing for every web process alike, and pages work without it, so it makes the installation degraded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis import RedisError

from portal import database_scope, heartbeats
from portal.heartbeats import KINDS, Kind
from portal.lanes import HOUSEKEEPING, LANES, METRICS, OUTBOX, PROVISIONING, RECORDS, VERIFICATION
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.outbox.backlog import backlog

REQUIRED = ("postgresql", "migrations", "static_files")
_ANY_STATIC_FILE = "sluice/css/sluice.css"
_MISSING = {
    "postgresql": Message("readiness.postgresql"),
    "migrations": Message("readiness.migrations"),
    "static_files": Message("readiness.static_files"),
    "redis": Message("readiness.redis"),
    "beat": Message("readiness.beat"),
    "worker": Message("readiness.worker"),
    "tap": Message("readiness.tap"),
}
_WAITING = {
    PROVISIONING: Message("readiness.runs_wait"),
    VERIFICATION: Message("readiness.nothing_verified"),
    METRICS: Message("readiness.no_metrics"),
    HOUSEKEEPING: Message("readiness.nothing_scheduled"),
    OUTBOX: Message("readiness.nothing_sent"),
    RECORDS: Message("readiness.no_history"),
}
_UNKNOWN = Message("readiness.unknown_without_redis")
_migrated: set[str] = set()


@dataclass(slots=True)
class Readiness:
    """Each part and lane by name (None: unknown), the processes heard of, what the outbox holds, and the problems."""

    parts: dict[str, bool | None] = field(default_factory=dict)
    lanes: dict[str, bool | None] = field(default_factory=lambda: dict.fromkeys(LANES))
    processes: dict[str, dict[str, int]] = field(default_factory=dict)
    outbox: dict[str, int | None] | None = None
    problems: list[Message] = field(default_factory=list)

    @property
    def may_serve(self) -> bool:
        """Return whether this web process should receive requests."""
        return all(self.parts[name] for name in REQUIRED)

    @property
    def status(self) -> str:
        """Return "ready", "degraded" or "unavailable"."""
        if not self.may_serve:
            return "unavailable"
        return "degraded" if self.problems else "ready"

    def as_json(self) -> dict[str, object]:
        """Return what /readyz answers."""
        problems = [explanation_of(problem) for problem in self.problems]
        found = {"status": self.status, **self.parts, **self.processes, "lanes": self.lanes, "outbox": self.outbox}
        return {**found, "problems": problems}


def check() -> Readiness:
    """Return which parts of the installation work now."""
    found = Readiness()
    found.parts["postgresql"] = is_there = _database_answers()
    found.parts["migrations"] = _is_migrated() if is_there else None
    found.parts["static_files"] = _has_static_files()
    try:
        for kind in KINDS:
            _add_processes(found, kind)
        _add_lanes(found)
        found.parts["redis"] = True
    except RedisError:
        found.parts["redis"] = False
        found.parts.update((kind, None) for kind in KINDS)
    if found.parts["migrations"]:
        _add_outbox(found)
    found.problems[:0] = [_MISSING[name] for name, works in found.parts.items() if works is False]
    if found.parts["redis"] is False:
        found.problems.append(_UNKNOWN)
    return found


def _add_processes(found: Readiness, kind: Kind) -> None:
    seen = heartbeats.seen(kind)
    found.parts[kind] = seen.alive > 0
    if kind == "beat":
        return
    found.processes[f"{kind}s"] = {"alive": seen.alive, "silent": len(seen.silent_seconds)}
    if seen.alive and seen.silent_seconds:
        found.problems.append(_stopped(kind, seen.alive, seen.silent_seconds))


def _stopped(kind: Kind, alive: int, silent_seconds: Sequence[float]) -> Message:
    counts = {"stopped": len(silent_seconds), "all": alive + len(silent_seconds)}
    if kind == "worker":
        return Message("readiness.workers_stopped", last_seconds=silent_seconds[0], **counts)
    return Message("readiness.taps_stopped", last_seconds=silent_seconds[0], **counts)


def _add_lanes(found: Readiness) -> None:
    found.lanes = {lane: heartbeats.seen("worker", lane).alive > 0 for lane in LANES}
    if found.parts["worker"]:
        without = [lane for lane, is_served in found.lanes.items() if not is_served]
        found.problems += [Message("readiness.lane_not_served", lane=lane, effect=_WAITING[lane]) for lane in without]


def _add_outbox(found: Readiness) -> None:
    try:
        with database_scope.every_tenant("counts what waits, of all tenants"):
            waits = backlog()
    except DatabaseError:
        return
    found.outbox = {"waiting": waits.waiting, "failed": waits.failed, "oldest_seconds": waits.oldest_seconds}
    if waits.is_late:
        found.problems.append(Message("readiness.outbox_late", count=waits.waiting, due_seconds=waits.due_seconds))


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _is_migrated() -> bool:
    # Once migrated for this code, a database stays so: reading every migration takes some 50 ms.
    name = str(connection.settings_dict["NAME"])
    if name not in _migrated:
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return False
        except DatabaseError:
            return False
        _migrated.add(name)
    return True


def _has_static_files() -> bool:
    try:
        staticfiles_storage.url(_ANY_STATIC_FILE)
    except ValueError:  # not in the manifest
        return False
    return True
