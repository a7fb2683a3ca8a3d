"""What the outbox has not delivered: how much waits, since when, and what failed lately."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from portal.outbox.claims import MOST_OF_ONE_TENANT
from portal.outbox.models import Attempt, OutboxItem, OutboxState

LATELY = timedelta(days=1)
LATE_SECONDS = 60  # a row that is due is claimed within seconds: after a minute no worker keeps up
_NEXT_CLAIM = timedelta(seconds=1)  # a worker ends one claim and begins the next: meanwhile its tenant has one fewer
_NO_TENANT = 0  # rows of no tenant share the turns of one


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many rows wait, how many failed within a day, and for how many seconds the oldest has waited and been due.

    A row that waits for others of its tenant is not due: the tenant has as many deliveries as it may have at once.
    """

    waiting: int
    failed: int
    oldest_seconds: int | None
    due_seconds: int

    @property
    def is_late(self) -> bool:
        """Return whether rows that are due are not delivered: no worker serves the outbox, or too few do."""
        return self.due_seconds > LATE_SECONDS


def backlog() -> Backlog:
    """Return what waits and what failed; one query."""
    is_waiting = Q(state=OutboxState.WAITING)
    held_until = Coalesce("lease_until", "due_at")  # a row whose worker died is due again when its lease ends
    is_served = Q(turn__in=_fully_served())
    found = _by_turn(OutboxItem.objects.filter(is_waiting | _failed_lately())).aggregate(
        waiting=Count("pk", filter=is_waiting),
        failed=Count("pk", filter=~is_waiting),
        oldest=_age(Min("created_at", filter=is_waiting)),
        due=_age(Min(held_until, filter=is_waiting & ~is_served)),
    )
    oldest, due = found["oldest"], found["due"]
    return Backlog(
        waiting=found["waiting"],
        failed=found["failed"],
        oldest_seconds=None if oldest is None else round(oldest.total_seconds()),
        due_seconds=0 if due is None else max(0, round(due.total_seconds())),
    )


def oldest_waiting() -> OutboxItem | None:
    """Return the row that has waited longest, or None."""
    return _listed(OutboxItem.objects.filter(state=OutboxState.WAITING)).order_by("created_at", "pk").first()


def failed(limit: int) -> list[OutboxItem]:
    """Return the rows that failed within a day, newest first."""
    return list(_listed(OutboxItem.objects.filter(_failed_lately())).order_by(F("finished_at").desc(), "-pk")[:limit])


def _fully_served() -> QuerySet[Any, Any]:
    """Return the turns of the tenants that have as many claims as they may have: workers do what they can for them."""
    ended = Attempt.objects.filter(item=OuterRef("pk"), number=OuterRef("fence"), ended_at__gt=Now() - _NEXT_CLAIM)
    is_claimed = Q(lease_until__gt=Now()) | Q(Exists(ended))
    rows = OutboxItem.objects.filter(
        Q(is_claimed, state=OutboxState.WAITING) | Q(finished_at__gt=Now() - _NEXT_CLAIM, attempt_count__gt=0)
    )
    claims: QuerySet[Any, Any] = _by_turn(rows).order_by().values("turn").annotate(claims=Count("pk"))
    full: QuerySet[Any, Any] = claims.filter(claims__gte=MOST_OF_ONE_TENANT).values("turn")
    return full


def _by_turn(rows: QuerySet[OutboxItem]) -> QuerySet[Any]:
    return rows.annotate(turn=Coalesce("tenant_id", _NO_TENANT))


def _failed_lately() -> Q:
    return Q(state=OutboxState.FAILED, finished_at__gt=Now() - LATELY)


def _listed(rows: QuerySet[OutboxItem]) -> QuerySet[OutboxItem]:
    return rows.select_related("tenant", "recipient", "endpoint").prefetch_related("attempts")


def _age(moment: Min) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(Now() - moment, output_field=DurationField())
