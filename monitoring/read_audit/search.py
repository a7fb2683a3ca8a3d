"""Finds who was sent records of a tenant, the newest viewing session first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from monitoring.record_read_model import RecordRead
from portal.tenancy.models import Tenant

_PIECE = 200
_MOST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """Which rows are looked for: all that are given must be true. Dates are in UTC, both included."""

    who: str = ""
    stream: str = ""
    shown: str = ""  # SHOWN_MASKED, SHOWN_CLEAR or any
    since: date | None = None
    until: date | None = None


SHOWN_MASKED, SHOWN_CLEAR = "masked", "clear"


def search(tenant: Tenant, wanted: ReadFilter) -> QuerySet[RecordRead]:
    """Return the tenant's rows that match; a session that lasted into a date belongs to it too."""
    rows = RecordRead.objects.filter(tenant=tenant)
    if wanted.who:
        rows = rows.filter(email__icontains=wanted.who)
    if wanted.stream:
        rows = rows.filter(Q(stream_name__icontains=wanted.stream) | Q(stream_uid=wanted.stream))
    if wanted.shown in {SHOWN_MASKED, SHOWN_CLEAR}:
        rows = rows.filter(is_masked=wanted.shown == SHOWN_MASKED)
    if wanted.since:
        rows = rows.filter(last_at__gte=_midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(started_at__lt=_midnight(wanted.until) + timedelta(days=1))
    return rows.order_by("-pk")


def page(rows: QuerySet[RecordRead], size: int, *, before: str = "") -> tuple[list[RecordRead], str]:
    """Return the newest rows, or those before a key, and the key of the next page; an unreadable key is as none."""
    found = list((rows.filter(pk__lt=int(before)) if _is_key(before) else rows)[: size + 1])
    shown = found[:size]
    return shown, str(shown[-1].pk) if len(found) > size else ""


def in_pieces(rows: QuerySet[RecordRead], most: int) -> Iterator[list[RecordRead]]:
    """Yield at most so many rows, newest first, a few hundred at a time."""
    key, left = "", most
    while left > 0:
        piece, key = page(rows, min(_PIECE, left), before=key)
        if piece:
            yield piece
        if not key:
            return
        left -= len(piece)


def _is_key(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= _MOST_KEY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
