"""Deletes rows of the outbox, with their attempts, that no one needs any more: docs/notifications.md has the periods.

A row that waits is never deleted. An event that is written again after its row was deleted is a new one, so callers
that repeat an event for longer than 31 days, the shortest period, must know by themselves that it was written.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from portal import deadlocks
from portal.outbox.models import Channel, OutboxItem, OutboxState

UNREAD_DAYS = 365
PIECE = 500
TURN_SECONDS = 30.0


def delete_old(seconds: float = TURN_SECONDS) -> int:
    """Delete what is too old, in pieces, and return how many rows that were; the next turn continues."""
    until, deleted = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        piece = _delete_piece()
        deleted += piece
        if piece < PIECE:
            break
    return deleted


@deadlocks.atomic
def _delete_piece() -> int:
    # Locked, so that a row which is made due again meanwhile is either deleted before or kept.
    rows = OutboxItem.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(_too_old())
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:PIECE])
    OutboxItem.objects.filter(pk__in=pks).delete()
    return len(pks)


def _too_old() -> Q:
    kept = timedelta(days=settings.SLUICE_OUTBOX_DAYS)
    is_over = ~Q(channel=Channel.BELL) & ~Q(state=OutboxState.WAITING) & Q(finished_at__lt=Now() - kept)
    is_read = Q(channel=Channel.BELL, read_at__lt=Now() - kept)
    is_unread = Q(channel=Channel.BELL, read_at__isnull=True, created_at__lt=Now() - timedelta(days=UNREAD_DAYS))
    return is_over | is_read | is_unread
