"""The vendor's feed: what changed of access keys, in an order in which no reader misses an event.

`publish` adds an event in the transaction of the change. PostgreSQL gives it its place at the commit, one transaction
after the other (migration 0020), so an event that is committed late comes late, and never before a cursor that someone
has. A cursor names a place and the event there: after a restored backup, an event of that place is another one, and the
reader is asked to begin again.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.vendor_event import VendorEvent, VendorEventPlace
from portal import deadlocks

Kind = VendorEvent.Kind
START = "0"
MOST_ON_A_PAGE = 100
KEPT = timedelta(days=400)
PIECE = 500
_CURSOR = re.compile(r"[1-9][0-9]{0,17}-[0-9a-f]{12}")


class CursorNotValid(Exception):
    """Not the form of a cursor."""


class CursorGone(Exception):
    """A cursor whose event was deleted, or is of a database that was replaced by a backup: begin again."""


@dataclass(frozen=True, slots=True)
class Page:
    """Events after a cursor, oldest first, each with its `place`; the cursor to continue with; whether more follow."""

    events: list[VendorEvent]
    cursor: str
    has_more: bool


def publish(kind: Kind, integration: Integration, *, credential: Credential | None = None, **facts: str) -> None:
    """Add an event to the vendor's feed, in the caller's transaction: it is seen if the change is committed.

    `credential` is the access key that the event is about: of `ROTATED` the new one, with `replaces` as a fact, of
    `REVOKED` the one that must not be used any more. Call it before the copies of that key are deleted. Facts are
    public values by name; never give it a secret.
    """
    copies = SealedCopy.objects.filter(credential=credential, audience=SealedCopy.Audience.VENDOR)
    key_uid = copies.values_list("uid", flat=True).first() if credential else None
    VendorEvent.objects.create(
        kind=kind,
        integration=integration,
        key_uid=key_uid or "",
        access_key_id=credential.access_key_id if credential else "",
        facts=facts,
    )


def cursor_of(event: VendorEvent | None) -> str:
    """Return the cursor behind an event that has its place, or that of the feed's beginning."""
    return f"{event.place.position}-{event.uid}" if event else START


def newest_cursor(tenant_id: int | None = None) -> str:
    """Return the cursor behind the newest event, of all tenants in the scope or of one."""
    return cursor_of(_events(tenant_id).order_by("-place__position").first())


def events_after(cursor: str, tenant_id: int | None = None) -> Page:
    """Return the events after a cursor. Raises CursorNotValid, and CursorGone where some after it may be lost."""
    position, uid = _parts(cursor)
    rows = _events(tenant_id).filter(place__position__gte=position).order_by("place__position")
    found = list(rows[: MOST_ON_A_PAGE + 2])
    if uid:
        # The first is the event of the cursor itself: what proves that the feed is the one that it is of.
        if not found or (found[0].place.position, found[0].uid) != (position, uid):
            raise CursorGone
        found = found[1:]
    elif VendorEventPlace.objects.exists() and not VendorEventPlace.objects.filter(position=1).exists():
        raise CursorGone
    events = found[:MOST_ON_A_PAGE]
    return Page(events, cursor_of(events[-1]) if events else cursor, has_more=len(found) > MOST_ON_A_PAGE)


def delete_old() -> int:
    """Delete the events that are older than they are kept, and return how many; the newest of the feed stays."""
    deleted = 0
    while piece := _delete_piece():
        deleted += piece
    return deleted


@deadlocks.atomic
def _delete_piece() -> int:
    newest = VendorEventPlace.objects.aggregate(newest=Max("position"))["newest"] or 0
    old = VendorEvent.objects.filter(created_at__lt=Now() - KEPT, place__position__lt=newest)
    pks = list(old.order_by("place__position").values_list("pk", flat=True)[:PIECE])
    VendorEventPlace.objects.filter(event_id__in=pks).delete()
    VendorEvent.objects.filter(pk__in=pks).delete()
    return len(pks)


def _events(tenant_id: int | None) -> QuerySet[VendorEvent]:
    rows = VendorEvent.objects.filter(place__isnull=False).select_related("place", *_RELATED)
    return rows.filter(integration__tenant_id=tenant_id) if tenant_id else rows


_RELATED = ("integration__tenant", "integration__connection")


def _parts(cursor: str) -> tuple[int, str]:
    if cursor != START and not _CURSOR.fullmatch(cursor):
        raise CursorNotValid
    position, _, uid = cursor.partition("-")
    return int(position), uid
