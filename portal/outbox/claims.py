"""Which worker delivers a row: a claim with a fencing number and a lease, as runs have, by PostgreSQL's clock.

A claim counts as an attempt from its beginning, so that a row whose worker dies each time ends as failed too.

Tenants take turns: of those that wait, one with the fewest claims is drawn, and no tenant has more than
`MOST_OF_ONE_TENANT` at once. So neither a thousand rows of one tenant nor a receiver that hangs delays the others.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Now

from portal import deadlocks
from portal.messages.message import Message
from portal.outbox.models import Attempt, OutboxItem, OutboxState

LEASE = timedelta(seconds=100)  # longer than a task may take
MOST_OF_ONE_TENANT = 2
# After each attempt that may be repeated: the wait until the next. After the last the row has failed.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18000, 36000))
MOST_ATTEMPTS = len(BACKOFF) + 1
_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Claim:
    """The exclusive right to deliver one row, until its lease ends."""

    item: OutboxItem
    attempt: Attempt
    fence: int


def acquire() -> Claim | None:
    """Claim a row that is due, of the tenant whose turn it is; return None when there is none."""
    for tenant_id in _turns():
        if claim := _oldest_of(tenant_id):
            return claim
    return None


def acquire_item(item: OutboxItem) -> Claim | None:
    """Claim this row, if it is due and no one holds it."""
    return _claimed(OutboxItem.objects.filter(_due(), pk=item.pk))


def due_count(limit: int) -> int:
    """Return how many rows are due and held by no one, `limit` at most."""
    return len(OutboxItem.objects.filter(_due()).values_list("pk")[:limit])


@deadlocks.atomic
def finish(claim: Claim, state: OutboxState, answer: Message) -> bool:
    """End a row as delivered, failed or cancelled; return False when another worker holds it by now."""
    if not _of(claim).update(state=state, finished_at=Now(), lease_until=None):
        return False
    _end(claim, answer, is_accepted=state is OutboxState.DELIVERED)
    return True


@deadlocks.atomic
def retry_later(claim: Claim, answer: Message) -> bool:
    """Release a row until its next attempt, or end it as failed after the last; return False as `finish` does."""
    number = claim.item.attempt_count
    if number >= MOST_ATTEMPTS:
        return finish(claim, OutboxState.FAILED, answer)
    wait = BACKOFF[number - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  (spreads retries; no secret)
    if not _of(claim).update(lease_until=None, due_at=Now() + wait):
        return False
    _end(claim, answer, is_accepted=False)
    return True


def _turns() -> list[int | None]:
    busy = dict(_counted(OutboxItem.objects.filter(state=OutboxState.WAITING, lease_until__gt=Now())))
    waiting = [tenant_id for tenant_id, _ in _counted(OutboxItem.objects.filter(_due()))]
    turns = [tenant_id for tenant_id in waiting if busy.get(tenant_id, 0) < MOST_OF_ONE_TENANT]
    random.shuffle(turns)
    return sorted(turns, key=lambda tenant_id: busy.get(tenant_id, 0))


def _counted(rows: QuerySet[OutboxItem]) -> list[tuple[int | None, int]]:
    return list(rows.order_by().values_list("tenant_id").annotate(Count("pk")))


def _due() -> Q:
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return is_free & Q(state=OutboxState.WAITING, due_at__lte=Now())


def _oldest_of(tenant_id: int | None) -> Claim | None:
    of_tenant = Q(tenant_id=tenant_id) if tenant_id is not None else Q(tenant__isnull=True)
    return _claimed(OutboxItem.objects.filter(_due(), of_tenant).order_by("due_at", "pk"))


@deadlocks.atomic
def _claimed(rows: QuerySet[OutboxItem]) -> Claim | None:
    item = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if item is None:
        return None
    rows = OutboxItem.objects.filter(pk=item.pk)
    if item.attempt_count >= MOST_ATTEMPTS:  # its worker died at the last attempt
        rows.update(state=OutboxState.FAILED, finished_at=Now(), lease_until=None)
        return None
    rows.update(lease_until=Now() + LEASE, fence=F("fence") + 1, attempt_count=F("attempt_count") + 1)
    item.refresh_from_db()
    attempt = Attempt.objects.create(item=item, number=item.fence)
    return Claim(item, attempt, item.fence)


def _of(claim: Claim) -> QuerySet[OutboxItem]:
    return OutboxItem.objects.filter(pk=claim.item.pk, fence=claim.fence, state=OutboxState.WAITING)


def _end(claim: Claim, answer: Message, *, is_accepted: bool) -> None:
    Attempt.objects.filter(pk=claim.attempt.pk).update(ended_at=Now(), answer=answer, is_accepted=is_accepted)
