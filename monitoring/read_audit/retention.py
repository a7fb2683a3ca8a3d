"""How long the audit of reads is kept, and what deletes older rows: docs/record-access.md names the period."""

from datetime import timedelta

from django.db.models.functions import Now

from monitoring.record_read_model import RecordRead
from portal import deadlocks

KEPT = timedelta(days=400)  # a year, and a month in which to look back at it
_PIECE = 500


def delete_old() -> int:
    """Delete what was last written longer ago than it is kept, in pieces; return how many rows that were."""
    deleted = 0
    while piece := _delete_piece():
        deleted += piece
    return deleted


@deadlocks.atomic
def _delete_piece() -> int:
    old = RecordRead.objects.filter(last_at__lt=Now() - KEPT).order_by("last_at")
    pks = list(old.values_list("pk", flat=True)[:_PIECE])
    RecordRead.objects.filter(pk__in=pks).delete()
    return len(pks)
