"""What the outbox has not delivered: how much waits, since when, and what failed lately."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from portal.outbox.models import OutboxItem, OutboxState

LATELY = timedelta(days=1)
LATE_SECONDS = 60  # a row that is due is claimed within seconds: after a minute no worker keeps up


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many rows wait, how many failed within a day, and for how many seconds the oldest has waited and been due."""

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
    found = OutboxItem.objects.filter(is_waiting | _failed_lately()).aggregate(
        waiting=Count("pk", filter=is_waiting),
        failed=Count("pk", filter=~is_waiting),
        oldest=_age(Min("created_at", filter=is_waiting)),
        due=_age(Min(held_until, filter=is_waiting)),
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


def _failed_lately() -> Q:
    return Q(state=OutboxState.FAILED, finished_at__gt=Now() - LATELY)


def _listed(rows: QuerySet[OutboxItem]) -> QuerySet[OutboxItem]:
    return rows.select_related("tenant", "recipient", "endpoint").prefetch_related("attempts")


def _age(moment: Min) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(Now() - moment, output_field=DurationField())
