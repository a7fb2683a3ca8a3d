"""Renews the leases of all runs that this process works on: one thread, and one transaction for all of them.

A lease is renewed at a third of its length. A turn loses its lease when another worker owns the run, when PostgreSQL
has not answered for as long as a lease lasts, and when the turn is older than TURN_ENDS_AFTER: then nothing renews it,
and another worker claims the run under a new fence while this one is stuck (portal/task_deadlines.py ends the process).
"""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import timedelta
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import Error, connection
from django.db.models.functions import Now

from onboarding.models.run import Run
from onboarding.provisioning.claims import Claim, lease
from onboarding.provisioning.ledger_protocol import FenceLost
from portal import database_scope, deadlocks

log = logging.getLogger(__name__)

# A turn has ended long before: its calls to AWS begin before its deadline, and each of them ends by itself.
TURN_ENDS_AFTER = timedelta(seconds=140)


class Heartbeat:
    """Renews a claim in the background; `lost` is set once another worker owns the run or the lease was not kept."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.lost = threading.Event()
        self.began_at = self.renewed_at = time.monotonic()

    def __enter__(self) -> Self:
        KEEPER.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        KEEPER.remove(self)

    def check(self) -> None:
        """Raise FenceLost when the lease could not be kept."""
        if self.lost.is_set():
            raise FenceLost(f"run {self.claim.run_id}, lease not renewed")

    def is_overdue(self, now: float) -> bool:
        """Return whether the turn has taken longer than any turn may."""
        return now - self.began_at > TURN_ENDS_AFTER.total_seconds()


class _Keeper:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: set[Heartbeat] = set()
        self._thread: threading.Thread | None = None

    def add(self, heartbeat: Heartbeat) -> None:
        with self._changed:
            self._held.add(heartbeat)
            if self._thread is None or not self._thread.is_alive():  # not alive: this process was forked
                self._thread = threading.Thread(target=self._keep, name="leases", daemon=True)
                self._thread.start()

    def remove(self, heartbeat: Heartbeat) -> None:
        with self._changed:
            self._held.discard(heartbeat)
            self._changed.notify()

    def _keep(self) -> None:
        while True:
            with self._changed:
                due_at = time.monotonic() + settings.SLUICE_LEASE_SECONDS / 3
                self._changed.wait_for(lambda: not self._held, due_at - time.monotonic())
                if not self._held:
                    self._thread = None
                    return
                held = [heartbeat for heartbeat in self._held if not heartbeat.lost.is_set()]
            try:
                renew(held)
            finally:
                connection.close()


def renew(held: Iterable[Heartbeat]) -> None:
    """Renew the leases of these turns, and note which are lost."""
    now = time.monotonic()
    in_time = [heartbeat for heartbeat in held if not _ends(heartbeat, now)]
    tenants = tuple({heartbeat.claim.tenant_id for heartbeat in in_time})
    try:
        with database_scope.of_tenants(tenants):
            _renew_rows(in_time, now)
    except Error as error:
        log.warning("run.leases_not_renewed count=%s error=%s", len(in_time), type(error).__name__)
        for heartbeat in in_time:
            if time.monotonic() - heartbeat.renewed_at > settings.SLUICE_LEASE_SECONDS:
                heartbeat.lost.set()


def _ends(heartbeat: Heartbeat, now: float) -> bool:
    if heartbeat.is_overdue(now):
        log.error("run.turn_too_long run=%s fence=%s", heartbeat.claim.run_id, heartbeat.claim.fence)
        heartbeat.lost.set()
    return heartbeat.lost.is_set()


@deadlocks.atomic
def _renew_rows(held: list[Heartbeat], now: float) -> None:
    # The newest claim of a run: this process may have claimed it again.
    fences = {
        claim.run_id: claim.fence for claim in sorted((beat.claim for beat in held), key=lambda claim: claim.fence)
    }
    rows = Run.objects.filter(pk__in=fences, lease_until__isnull=False).order_by("pk")
    # A row that a transaction holds right now is renewed the next time: nothing here waits for one run.
    free = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk", "fence")
    ours = {run_id for run_id, fence in free if fence == fences[run_id]}
    Run.objects.filter(pk__in=ours).update(lease_until=Now() + lease())
    known = dict(rows.values_list("pk", "fence"))
    for heartbeat in held:
        if known.get(heartbeat.claim.run_id) != heartbeat.claim.fence:
            heartbeat.lost.set()
        elif heartbeat.claim.run_id in ours:
            heartbeat.renewed_at = now


KEEPER = _Keeper()
