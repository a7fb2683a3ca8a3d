"""Which worker advances a rotation or a revocation: a claim with a fence and a lease, like that of a run.

Every write of a worker names its fence. What a person changes raises the fence, so a worker that decided something
before changes no row afterwards. A worker renews its lease right before each call that changes an access key, and
before it asks when a key was last used, because that answer is kept without a fence.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from onboarding.models.claimed_work import ClaimedWork
from onboarding.provisioning.claims import host, lease
from onboarding.provisioning.ledger_protocol import FenceLost
from portal.database_clock import DatabaseClock
from portal.messages.message import Message

AFTER_FAULT = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class WorkClaim:
    """The exclusive right to advance one row, and the clock by which its times are judged."""

    rows: QuerySet[Any]
    fence: int
    clock: DatabaseClock = field(default_factory=DatabaseClock, compare=False)

    def write(self, **fields: Any) -> None:
        """Update the row; raise FenceLost when another worker or a person has changed it since."""
        if not self.rows.filter(fence=self.fence).update(**fields):
            raise FenceLost(f"fence {self.fence}")

    def renew(self) -> None:
        """Lengthen the lease; raise FenceLost when another worker or a person has changed the row since."""
        if not self.rows.filter(fence=self.fence, lease_until__gt=Now()).update(lease_until=Now() + lease()):
            raise FenceLost(f"fence {self.fence}, no lease to renew")

    def release(self, *, after: timedelta, problem: Message | None = None, **fields: Any) -> None:
        """End the turn; the row is due again after a while, with the reason why it waits."""
        self.write(lease_until=None, due_at=Now() + after, problem=problem, **fields)


def free() -> Q:
    """Return the condition of rows that no worker holds."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=Now())


def acquire(rows: QuerySet[Any]) -> WorkClaim | None:
    """Claim the one row of `rows` that is due and that no one holds; return None when there is nothing to do."""
    owner = f"{host()}:{os.getpid()}:{uuid4().hex[:8]}"
    due = rows.filter(free(), due_at__lte=Now())
    if not due.update(owner=owner, fence=F("fence") + 1, lease_until=Now() + lease()):
        return None
    pk, fence = rows.model._default_manager.filter(owner=owner).values_list("pk", "fence").get()
    return WorkClaim(rows.model._default_manager.filter(pk=pk), fence)


def interrupted(row: ClaimedWork, **fields: Any) -> None:
    """Write what a person changed: the next turn begins now, and no worker that decided before may write."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    rows.update(fence=F("fence") + 1, lease_until=None, due_at=Now(), **fields)
    row.refresh_from_db()
