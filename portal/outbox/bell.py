"""What a person's bell shows: the rows for it of the tenants that the person still belongs to."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now

from portal.outbox.kinds import FOR_LEAVERS
from portal.outbox.models import Channel, OutboxItem

MOST_COUNTED = 99  # beyond it the bell shows “99+”


def items_of(person: AbstractUser) -> models.QuerySet[OutboxItem]:
    """Return a person's notifications, newest first; those of a tenant that the person left only where access ended."""
    is_own = models.Q(tenant__isnull=True) | models.Q(tenant__memberships__user=person.pk)
    rows = OutboxItem.objects.filter(channel=Channel.BELL, recipient_id=person.pk)
    return rows.filter(is_own | models.Q(kind__in=FOR_LEAVERS)).distinct().order_by("-pk")


def unread_count(person: AbstractUser) -> int:
    """Return how many notifications a person has not read, 100 at most; one query."""
    return len(items_of(person).filter(read_at__isnull=True).order_by().values_list("pk")[: MOST_COUNTED + 1])


def mark_read(person: AbstractUser, uid: str = "") -> None:
    """Mark one of a person's notifications as read, or all of them."""
    rows = OutboxItem.objects.filter(channel=Channel.BELL, recipient_id=person.pk, read_at__isnull=True)
    (rows.filter(uid=uid) if uid else rows).update(read_at=Now())
