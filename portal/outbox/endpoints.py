"""A tenant's webhook endpoints and chats: added, tested, given a new secret, removed."""

from collections.abc import Collection
from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from portal.messages.errors import field_error
from portal.messages.message import Message
from portal.outbound import url as urls
from portal.outbound.chat import ChatMessage, Service, Tone, request_of
from portal.outbound.signatures import new_secret
from portal.outbox import kinds, outbox
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.outbox.models import Channel, OutboxItem
from portal.secret_store import store

MOST_ENDPOINTS = 10  # of a tenant
_SAMPLE = ChatMessage("-", "-", Tone.INFO, "-")
PREVIOUS_SECRET = timedelta(hours=24)
OFFERED = tuple(kind for kind in kinds.KINDS if kind.has_webhook)
ALERTS = (kinds.ALERT_OPENED, kinds.ALERT_ESCALATED, kinds.ALERT_CLOSED)


def endpoints_of(tenant: models.Model) -> models.QuerySet[WebhookEndpoint]:
    """Return the endpoints of a tenant that were not removed."""
    return WebhookEndpoint.objects.filter(tenant_id=tenant.pk, removed_at__isnull=True)


def add(*, tenant: models.Model, url: str, chosen: Collection[str], created_by: str) -> tuple[WebhookEndpoint, str]:
    """Store an endpoint; return it and its signing secret, which is shown once. Raises ValidationError by field."""
    if not store.is_on():
        raise field_error("url", Message("webhook.no_secret_store"))
    try:
        urls.parse(url)
    except urls.AddressRefused as refused:
        raise field_error("url", refused.message) from None
    wanted = _wanted(tenant, chosen, field="url")
    secret = new_secret()
    endpoint = WebhookEndpoint(tenant_id=tenant.pk, url=url, kinds=wanted, created_by=created_by)
    endpoint.secret = secret
    endpoint.save()
    return endpoint, secret


def add_chat(
    *, tenant: models.Model, service: str, address: str, chosen: Collection[str], created_by: str
) -> WebhookEndpoint:
    """Store a chat with its address encrypted. Raises ValidationError by field."""
    if not store.is_on():
        raise field_error("address", Message("webhook.no_secret_store"))
    if service not in set(Service):
        raise field_error("service", Message("chat.service_unknown"))
    try:
        request = request_of(Service(service), address, _SAMPLE)
    except urls.AddressRefused as refused:
        raise field_error("address", refused.message) from None
    wanted = _wanted(tenant, chosen, field="address")
    if Service(service).is_pagerduty and not {kind.key for kind in ALERTS}.issuperset(wanted):
        raise field_error("kinds", Message("chat.alerts_only"))
    if Service(service).is_pagerduty and kinds.ALERT_CLOSED.key not in wanted:
        raise field_error("kinds", Message("chat.end_missing", kind=kinds.ALERT_CLOSED.label))
    place = f"https://{urls.parse(request.url).host}"
    endpoint = WebhookEndpoint(tenant_id=tenant.pk, url=place, kinds=wanted, created_by=created_by, service=service)
    endpoint.address = address
    endpoint.save()
    return endpoint


def _wanted(tenant: models.Model, chosen: Collection[str], *, field: str) -> list[str]:
    wanted = [kind.key for kind in OFFERED if kind.key in chosen]
    if not wanted:
        raise field_error("kinds", Message("webhook.no_kind"))
    if endpoints_of(tenant).count() >= MOST_ENDPOINTS:
        raise field_error(field, Message("webhook.too_many", limit=MOST_ENDPOINTS))
    return wanted


def rotate(endpoint: WebhookEndpoint) -> str:
    """Give an endpoint a new secret and return it, to be shown once; the previous one signs too for 24 hours.

    Raises ValidationError without a file of keys. A previous secret that cannot be decrypted any more signs nothing.
    """
    if not store.is_on():
        raise field_error("url", Message("webhook.no_secret_store"))
    secret = new_secret()
    try:
        endpoint.previous_secret = endpoint.secret.reveal()
    except store.SecretUnreadable:
        endpoint.previous_secret = ""
    endpoint.secret = secret
    endpoint.save(update_fields=["secret", "previous_secret"])
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(previous_until=Now() + PREVIOUS_SECRET)
    return secret


def remove(endpoint: WebhookEndpoint) -> None:
    """Remove an endpoint and its secrets: it receives nothing more, and what waits for it fails."""
    endpoint.secret = endpoint.previous_secret = endpoint.address = ""
    endpoint.save(update_fields=["secret", "previous_secret", "address"])
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(removed_at=Now())


def send_test(endpoint: WebhookEndpoint) -> None:
    """Write a test event for an endpoint."""
    outbox.write_to_endpoint(endpoint, kinds.WEBHOOK_TEST, Message("notification.webhook_test"), f"test-{uuid4().hex}")


def attempted(endpoint: WebhookEndpoint, limit: int = 20) -> list[OutboxItem]:
    """Return the newest events of an endpoint, with every attempt."""
    rows = OutboxItem.objects.filter(endpoint=endpoint, channel=Channel.WEBHOOK)
    return list(rows.prefetch_related("attempts").order_by("-pk")[:limit])
