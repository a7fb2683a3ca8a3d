"""An endpoint at which events fail one after the other is disabled, and the admins are notified."""

from collections.abc import Callable

from django.db.models import F
from django.db.models.functions import Now

from portal.outbox import kinds
from portal.outbox.models import OutboxItem, WebhookEndpoint

MOST_FAILURES = 5  # in a row; each was attempted as often as an event is

Disabled = Callable[[WebhookEndpoint], None]
_ON_DISABLED: list[Disabled] = []


def register(on_disabled: Disabled) -> None:
    """Let a function notify of an endpoint that was disabled, in the same transaction. Call it from `ready`."""
    _ON_DISABLED[:] = [on_disabled]


def note_failed(item: OutboxItem) -> None:
    """Count an event that failed for good; disable the endpoint at the fifth in a row. A test counts nothing."""
    if item.endpoint_id is None or item.kind == kinds.WEBHOOK_TEST.key:
        return
    rows = WebhookEndpoint.objects.filter(pk=item.endpoint_id, removed_at=None)
    rows.update(failed_count=F("failed_count") + 1)
    if rows.filter(failed_count__gte=MOST_FAILURES, disabled_at=None).update(disabled_at=Now()):
        for on_disabled in _ON_DISABLED:
            on_disabled(rows.select_related("tenant").get())


def note_accepted(item: OutboxItem) -> None:
    """Begin to count anew, and enable the endpoint: it accepts events."""
    rows = WebhookEndpoint.objects.filter(pk=item.endpoint_id, failed_count__gt=0) if item.endpoint_id else None
    if rows is not None:
        rows.update(failed_count=0, disabled_at=None)
