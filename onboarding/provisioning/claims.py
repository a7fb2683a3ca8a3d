"""Which worker owns a run: a claim with a fencing number and a lease, acquired by compare-and-set.

1. Acquire: one UPDATE that succeeds only while no one holds the lease; it raises the fence by one.
2. Write: every write of a run's progress names the fence; one with an older fence changes no row and raises FenceLost.
3. Keep: leases.py renews the lease at a third of its length while AWS is slow to answer, and none that was released.
4. Release: the lease ends and the row has the time at which the run is due again.
5. Die: nothing renews the lease, so another worker acquires the run with a higher fence and continues it. After
   `MAX_CRASHES` such deaths the run is quarantined (run_transitions.py). `onboarding.sweep_runs` wakes it up.

Every time is PostgreSQL's: a host whose clock is wrong neither holds a run too long nor takes one too early.
"""

import os
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning.ledger_protocol import FenceLost
from portal import deadlocks
from portal.database_clock import ClockNow, DatabaseClock

ACTIVE = (RunState.PENDING, RunState.RUNNING, RunState.WAITING)
MAX_CRASHES = 5
AFTER_ERROR = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Claim:
    """The exclusive right to work on one run, and the clock by which its times are judged."""

    run_id: int
    owner: str
    fence: int
    tenant_id: int = 0
    clock: DatabaseClock = field(default_factory=DatabaseClock, compare=False)

    def write(self, **fields: Any) -> None:
        """Update the run; raise FenceLost when another worker owns it."""
        if not _of(self).update(**fields):
            raise FenceLost(f"run {self.run_id}, fence {self.fence}")

    def update_of_run(self, rows: QuerySet[Any], **fields: Any) -> None:
        """Update rows of the run in one statement, which locks the run's row as `hold` does; raise FenceLost."""
        locked = "SELECT id FROM onboarding_run WHERE id = %s AND fence = %s FOR NO KEY UPDATE"
        own = RawSQL(locked, [self.run_id, self.fence])  # noqa: S611  (both are numbers, and parameters)
        if not rows.filter(run_id=own).update(**fields):
            raise FenceLost(f"run {self.run_id}, fence {self.fence}")

    def hold(self) -> None:
        """Lock the run's row for the rest of the transaction; raise FenceLost when another worker owns it."""
        rows = Run.objects.select_for_update(of=("self",), no_key=True)
        if not rows.filter(pk=self.run_id, fence=self.fence).exists():
            raise FenceLost(f"run {self.run_id}, fence {self.fence}")


def lease() -> timedelta:
    """Return how long a claim holds without renewal."""
    return timedelta(seconds=settings.SLUICE_LEASE_SECONDS)


def host() -> str:
    """Return this machine's name, with which the owner of each of its claims begins."""
    return socket.gethostname()[:40]


def free() -> Q:
    """Return the condition of runs that no one holds."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=Now())


def acquire(run_id: int) -> Claim | None:
    """Claim a run that is due and that no one holds; return None when there is nothing to do."""
    owner = f"{host()}:{os.getpid()}:{uuid4().hex[:8]}"
    acquired = Run.objects.filter(free(), pk=run_id, state__in=ACTIVE, due_at__lte=Now()).update(
        owner=owner,
        fence=F("fence") + 1,
        crashes=F("crashes") + 1,
        lease_until=Now() + lease(),
        state=RunState.RUNNING,
    )
    if not acquired:
        return None
    row = Run.objects.values_list("fence", "integration__tenant_id", ClockNow())
    fence, tenant_id, now = row.get(pk=run_id, owner=owner)
    return Claim(run_id, owner, fence, tenant_id, DatabaseClock(now))


def release(claim: Claim, *, due_at: datetime) -> None:
    """Release a run that continues later, or at once if someone has cancelled it meanwhile."""
    due = Case(When(cancel_requested=True, then=Now()), default=Value(due_at))
    claim.write(lease_until=None, due_at=due, state=RunState.WAITING, crashes=0)


def release_after_error(claim: Claim) -> None:
    """Release a run after an error in Sluice; the crash still counts. An older claim changes nothing."""
    _of(claim).update(lease_until=None, due_at=Now() + AFTER_ERROR)


def release_after_deadlock(claim: Claim) -> datetime:
    """Release a run whose transaction PostgreSQL ended, which counts as no crash; return when it is due."""
    _of(claim).update(lease_until=None, due_at=Now() + AFTER_ERROR, crashes=F("crashes") - 1)
    return claim.clock.now() + AFTER_ERROR


def _of(claim: Claim) -> QuerySet[Run]:
    return Run.objects.filter(pk=claim.run_id, fence=claim.fence)


@deadlocks.atomic
def due(limit: int = 100) -> list[int]:
    """Return the runs that are due and that no one holds, oldest first; safe to call from many processes at once."""
    unlocked = Run.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    rows = unlocked.filter(free(), state__in=ACTIVE, due_at__lte=Now())
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:limit])
