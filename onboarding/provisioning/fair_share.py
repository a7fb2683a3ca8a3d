"""Which run a worker continues next: a message says that a run is due, and PostgreSQL says whose turn it is.

Of the tenants with runs that are due, the one with the fewest runs at work goes first. On each machine one thread in
eight, and at least one, stays free of a tenant's runs, so that another tenant's first run never waits for all of them.
See docs/decisions/0025-lanes-and-fair-shares.md.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.db.models.functions import Now

from onboarding.models.run import Run
from onboarding.provisioning import claims
from onboarding.provisioning.claims import ACTIVE, Claim
from portal import deadlocks

_LOCK = 5_311_001  # PostgreSQL's advisory lock of those who choose; any number that nothing else uses
_THREADS_FOR_ONE_FREE = 8


@dataclass
class Machine:
    """This machine's worker: how many threads it has; 0 where no worker runs, and then nothing is limited.

    `has_passed` is whether a message may have passed without effect, since its tenant was at its limit.
    """

    threads: int = 0
    has_passed: bool = False

    @property
    def most_of_one_tenant(self) -> int | None:
        """Return how many runs of one tenant may be at work here at the same time, or None for no limit."""
        if self.threads < 2:
            return None
        return self.threads - max(1, self.threads // _THREADS_FOR_ONE_FREE)


MACHINE = Machine()


@deadlocks.atomic
def acquire(hinted: int) -> Claim | None:
    """Claim the run whose turn it is: the hinted one if its tenant is next; None when no run is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    chosen = next_run(hinted)
    if chosen is None:
        # Noted, then looked again: a turn that ends between both looks is seen here, one that ends later sees the note.
        MACHINE.has_passed = True
        chosen = next_run(hinted)
    return None if chosen is None else claims.acquire(chosen)


def next_run(hinted: int = 0) -> int | None:
    """Return the run whose turn it is, or None; of one tenant the hinted run goes first, then the longest due."""
    is_hinted = ExpressionWrapper(Q(pk=hinted), output_field=BooleanField())
    rows = Run.objects.filter(claims.free(), state__in=ACTIVE, due_at__lte=Now()).annotate(is_hinted=is_hinted)
    rows = rows.order_by("integration__tenant_id", "-is_hinted", "due_at").distinct("integration__tenant_id")
    first = list(rows.values_list("integration__tenant_id", "is_hinted", "due_at", "pk"))
    if not first:
        return None
    most, at_work = MACHINE.most_of_one_tenant, _at_work()
    fitting = [
        (at_work.get(tenant, (0, 0))[0], not hinted_now, due_at, pk)
        for tenant, hinted_now, due_at, pk in first
        if most is None or at_work.get(tenant, (0, 0))[1] < most
    ]
    return min(fitting)[-1] if fitting else None


def passed_run() -> int | None:
    """Return a run whose message passed without effect and that can be continued by now, or None."""
    if MACHINE.most_of_one_tenant is None or not MACHINE.has_passed:
        return None
    MACHINE.has_passed = False
    waiting = next_run()
    if waiting is not None:
        MACHINE.has_passed = True  # there may be more
    return waiting


def _at_work() -> dict[int, tuple[int, int]]:
    """Return, for each tenant, how many of its runs are at work anywhere and on this machine."""
    held = Run.objects.filter(state__in=ACTIVE, lease_until__gte=Now()).order_by()
    here = Count("pk", filter=Q(owner__startswith=f"{claims.host()}:"))
    counted = held.values("integration__tenant_id").annotate(anywhere=Count("pk"), here=here)
    return {row["integration__tenant_id"]: (row["anywhere"], row["here"]) for row in counted}
