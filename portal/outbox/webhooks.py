"""A row of the outbox as a signed POST to a tenant's endpoint, or as a message in its chat."""

import json
from functools import lru_cache
from http import HTTPStatus

from django.conf import settings

from portal.database_clock import DatabaseClock
from portal.messages.catalogue import text_of
from portal.messages.errors import MessageError
from portal.messages.message import Message
from portal.outbound.chat import Request
from portal.outbound.post import NotDelivered, Sender
from portal.outbound.signatures import headers_of
from portal.outbound.url import AddressRefused
from portal.outbox import chats
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.outbox.models import OutboxItem

_PERMANENT = frozenset({HTTPStatus.GONE})  # the receiver asks not to be called again
# Chat services answer these for an address that was revoked, or a channel that was archived.
_PERMANENT_OF_CHAT = _PERMANENT | {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


class WebhookNotAccepted(MessageError):
    """A webhook that the receiver did not accept; `is_permanent` where it asks not to be called again."""

    def __init__(self, source: Message, *, is_permanent: bool = False) -> None:
        super().__init__(source)
        self.is_permanent = is_permanent


@lru_cache(maxsize=1)
def sender() -> Sender:
    """Return what sends, with the certificates that the system trusts."""
    return Sender()


def send(item: OutboxItem) -> Message:
    """Post a row to its endpoint, and return the answer. Raises WebhookNotAccepted."""
    endpoint = item.endpoint
    if endpoint is None or endpoint.removed_at is not None:
        raise WebhookNotAccepted(Message("webhook.removed"), is_permanent=True)
    try:
        request = chats.request_for(item, endpoint) if endpoint.is_chat else _signed(item, endpoint)
        status = sender().post(request.url, request.body, request.headers)
    except (AddressRefused, NotDelivered) as refused:
        raise WebhookNotAccepted(refused.message) from None
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Message("webhook.accepted", status=str(status))
    permanent = _PERMANENT_OF_CHAT if endpoint.is_chat else _PERMANENT
    raise WebhookNotAccepted(_refusal(status), is_permanent=status in permanent)


def _signed(item: OutboxItem, endpoint: WebhookEndpoint) -> Request:
    clock = DatabaseClock()
    body = body_of(item)
    signed = headers_of(
        f"msg_{item.uid}", int(clock.now().timestamp()), body, signing_secrets=_secrets(endpoint, clock)
    )
    headers = {"Content-Type": "application/json", "User-Agent": "Sluice-Webhooks/1", **signed}
    return Request(endpoint.url, body, headers)


def _refusal(status: int) -> Message:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Message("webhook.redirected", status=str(status))
    return Message("webhook.answered", status=str(status))


def body_of(item: OutboxItem) -> bytes:
    """Return the JSON that is posted: type, time, and the event's text, parameters and page."""
    data = {
        "tenant": item.tenant.slug if item.tenant else None,
        "subject": item.subject,
        "text": text_of(item.body),
        **item.body.as_json(),
        "url": f"{settings.SLUICE_PORTAL_URL}{item.path}" if item.path else None,
    }
    event = {"type": item.kind, "timestamp": item.created_at.isoformat(), "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _secrets(endpoint: WebhookEndpoint, clock: DatabaseClock) -> list[str]:
    found = [endpoint.secret]
    if endpoint.previous_until is not None and endpoint.previous_until > clock.now():
        found.append(endpoint.previous_secret)
    return [secret.reveal() for secret in found if secret]
