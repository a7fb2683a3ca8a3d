"""Finds audit events of a tenant, newest first, by pages that begin at a key: no page is slower than another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from portal.tenancy.models import AuditEvent, Tenant

# The actors of events that no person caused; the pages call them Sluice.
COMPONENTS = frozenset({"provisioning", "connections", "drift", "outbox"})
SLUICE = "Sluice"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_MICROSECOND = 253_402_300_799_999_999  # of the year 9999
_PIECE = 500


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events are looked for: all that are given must be true. Dates are in UTC, both included."""

    who: str = ""
    acts: tuple[str, ...] = ()  # beginnings of actions
    target: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Events of a page, newest first, and the keys at which the next newer and older pages begin."""

    events: list[AuditEvent]
    newer: str = ""
    older: str = ""


def search(tenant: Tenant, wanted: AuditFilter) -> QuerySet[AuditEvent]:
    """Return the tenant's events that match, newest first."""
    rows = AuditEvent.objects.filter(tenant=tenant)
    if wanted.who:
        components = Q(actor__in=COMPONENTS) if wanted.who.casefold() == SLUICE.casefold() else Q()
        rows = rows.filter(Q(actor__icontains=wanted.who) | components)
    if wanted.acts:
        rows = rows.filter(reduce(or_, (Q(action__startswith=act) for act in wanted.acts)))
    if wanted.target:
        rows = rows.filter(Q(target__icontains=wanted.target) | Q(object_id=wanted.target))
    if wanted.since:
        rows = rows.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(at__lt=_midnight(wanted.until) + timedelta(days=1))
    return rows.order_by("-at", "-pk")


def page(rows: QuerySet[AuditEvent], size: int, *, before: str = "", after: str = "") -> AuditPage:
    """Return the newest events, those before a key, or those after one; a key that cannot be read is as none."""
    if key := _read(after):
        return _page_after(rows, size, *key)
    key = _read(before)
    found = list((_before(rows, *key) if key else rows)[: size + 1])
    shown = found[:size]
    return AuditPage(
        shown, newer=_key(shown[0]) if key and shown else "", older=_key(shown[-1]) if len(found) > size else ""
    )


def in_pieces(rows: QuerySet[AuditEvent], most: int) -> Iterator[list[AuditEvent]]:
    """Yield at most so many events, newest first, a few hundred at a time."""
    left, piece = most, list(rows[: min(_PIECE, most)])
    while piece:
        yield piece
        left -= len(piece)
        last = piece[-1]
        piece = list(_before(rows, last.at, last.pk)[: min(_PIECE, left)]) if left > 0 else []


def _page_after(rows: QuerySet[AuditEvent], size: int, at: datetime, pk: int) -> AuditPage:
    later = rows.filter(at__gte=at).filter(Q(at__gt=at) | Q(pk__gt=pk)).order_by("at", "pk")
    found = list(later[: size + 1])
    if len(found) < size:  # the newest page, complete
        return page(rows, size)
    shown = found[:size][::-1]
    return AuditPage(shown, newer=_key(shown[0]) if len(found) > size else "", older=_key(shown[-1]))


def _before(rows: QuerySet[AuditEvent], at: datetime, pk: int) -> QuerySet[AuditEvent]:
    return rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))


def _key(event: AuditEvent) -> str:
    return f"{(event.at - _EPOCH) // _MICROSECOND}-{event.pk}"


def _read(key: str) -> tuple[datetime, int] | None:
    at, _, pk = key.partition("-")
    if len(key) > 40 or not (at.isascii() and at.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    if int(at) > _LAST_MICROSECOND or int(pk) >= 2**63:
        return None
    return _EPOCH + int(at) * _MICROSECOND, int(pk)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
