"""Scheduled checks, spread over their interval: each minute takes a share of the rows that are due."""

from datetime import datetime, timedelta
from math import ceil

from django.db.models import Model, Q, QuerySet

from portal.celery import share_seconds


def due_share(rows: QuerySet[Model], checked_at: str, *, interval: int, now: datetime) -> list[int]:
    """Return the ids of rows whose last check is an interval old, or that had none: twice an even share at most.

    They are drawn at random, so that rows whose check never ends do not keep others from theirs.
    """
    before = now - timedelta(seconds=interval)
    due = rows.filter(Q(**{f"{checked_at}__isnull": True}) | Q(**{f"{checked_at}__lt": before}))
    most = ceil(2 * rows.count() * share_seconds(interval) / interval)
    return list(due.order_by("?").values_list("pk", flat=True)[:most])
