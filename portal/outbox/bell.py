"""What a person's bell shows: the rows for it of the tenants that the person still belongs to.

A tenant that requires a second factor shows nothing to a session without one, here as on its pages.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now

from portal.outbox.kinds import FOR_LEAVERS
from portal.outbox.models import Channel, OutboxItem

MOST_COUNTED = 99  # beyond it the bell shows “99+”


@dataclass(frozen=True, slots=True)
class Reader:
    """A person, whether their session used a second factor, and the tenant whose identity provider checked one."""

    person: AbstractUser
    has_second_factor: bool
    proven_tenant_id: int | None = None


def items_of(reader: Reader) -> models.QuerySet[OutboxItem]:
    """Return a person's notifications, newest first; those of a tenant that the person left only where access ended."""
    is_member = models.Q(tenant__memberships__user=reader.person.pk)
    shown = models.Q(tenant__isnull=True) | is_member | models.Q(kind__in=FOR_LEAVERS)
    rows = _rows_for(reader.person).filter(shown)
    return rows.exclude(pk__in=_hidden_from(reader).values("pk")).distinct().order_by("-pk")


def unread_count(reader: Reader) -> int:
    """Return how many notifications a person has not read, 100 at most; one query where there is none, else two."""
    if not _rows_for(reader.person).filter(read_at__isnull=True).order_by().exists():
        return 0  # on most pages: which of them are shown takes several milliseconds to find out
    return len(items_of(reader).filter(read_at__isnull=True).order_by().values_list("pk")[: MOST_COUNTED + 1])


def has_hidden(reader: Reader) -> bool:
    """Return whether there are notifications that only a session with a second factor shows."""
    return _hidden_from(reader).exists()


def mark_read(reader: Reader, uid: str = "") -> None:
    """Mark one of the notifications that the person is shown as read, or all of them."""
    shown = items_of(reader).filter(read_at__isnull=True)
    shown = shown.filter(uid=uid) if uid else shown
    OutboxItem.objects.filter(pk__in=shown.order_by().values("pk")).update(read_at=Now())


def _rows_for(person: AbstractUser) -> models.QuerySet[OutboxItem]:
    return OutboxItem.objects.filter(channel=Channel.BELL, recipient_id=person.pk)


def _hidden_from(reader: Reader) -> models.QuerySet[OutboxItem]:
    if reader.has_second_factor:
        return OutboxItem.objects.none()
    rows = _rows_for(reader.person).filter(tenant__requires_second_factor=True)
    rows = rows.filter(tenant__memberships__user=reader.person.pk)
    return rows.exclude(tenant_id=reader.proven_tenant_id or 0)
