"""A row of the outbox as a message in a chat."""

from django.conf import settings

from portal.messages.catalogue import text_of
from portal.outbound.chat import ChatMessage, Request, Service, Tone, request_of
from portal.outbox import kinds
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.outbox.models import OutboxItem

_TONES = {
    kinds.ALERT_OPENED.key: Tone.WARNING,
    kinds.ALERT_ESCALATED.key: Tone.FAILURE,
    kinds.ALERT_CLOSED.key: Tone.SUCCESS,
}
_TRIGGERS = frozenset({kinds.ALERT_OPENED.key, kinds.ALERT_ESCALATED.key})


def is_over(item: OutboxItem) -> bool:
    """Return whether a row would trigger an incident of an alert that has closed: no later row would resolve it."""
    if item.endpoint is None or item.kind not in _TRIGGERS or not item.endpoint.has_incidents:
        return False
    rows = OutboxItem.objects.filter(endpoint=item.endpoint, event=item.event, kind=kinds.ALERT_CLOSED.key)
    return rows.exists()


def request_for(item: OutboxItem, endpoint: WebhookEndpoint) -> Request:
    """Return the request that says a row in its chat. Raises AddressRefused, and SecretUnreadable."""
    # An alert's event is the same when it opens, is escalated and closes, so PagerDuty has one incident for it.
    event = item.event if item.kind in _TONES else f"{item.kind}-{item.event}"
    message = ChatMessage(
        title=item.subject,
        text=text_of(item.body),
        tone=_TONES.get(item.kind, Tone.INFO),
        event=event,
        url=f"{settings.SLUICE_PORTAL_URL}{item.path}" if item.path and settings.SLUICE_PORTAL_URL else "",
    )
    return request_of(Service(endpoint.service), endpoint.address.reveal(), message)
