"""Writes events into the outbox, in the transaction of the event: what is not committed is never said.

The rows are the outbox. A hint wakes a worker at the commit; the sweep replaces every hint that is lost.
"""

import logging
from collections.abc import Iterable
from contextlib import nullcontext

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from portal import database_scope, mail
from portal.celery import app
from portal.messages.message import Message
from portal.outbox import choices
from portal.outbox.kinds import Kind
from portal.outbox.models import Channel, OutboxItem, OutboxState, WebhookEndpoint

log = logging.getLogger(__name__)

DELIVER = "outbox.deliver"
_STATE = {Channel.MAIL: OutboxState.WAITING, Channel.BELL: OutboxState.DELIVERED}  # the bell shows rows as they are
HINT_EXPIRES_SECONDS = 30


def write(
    kind: Kind,
    message: Message,
    *,
    event: str,
    to: Iterable[AbstractUser],
    tenant: models.Model | None = None,
    path: str = "",
    incidents_only: bool = False,
) -> None:
    """Write one event for each person by each channel they have not switched off, and for the tenant's endpoints.

    With `incidents_only` no other endpoints get it than those in which it ends an incident.

    `event` names what happened, such as `run-12`: the same kind and event is written once for each person, however
    often this is called. `path` is the page that the event is about. Never give it a secret.
    """
    people = {person.pk: person for person in to}
    off = choices.switched_off(kind, people)
    shared = {"kind": kind.key, "event": event, "message": message, "path": path}
    shared["tenant_id"] = tenant.pk if tenant else None
    rows = [
        OutboxItem(channel=channel, recipient_id=pk, state=_STATE[channel], **shared)
        for pk in people
        for channel in _channels(kind)
        if (pk, channel) not in off
    ]
    rows += [
        OutboxItem(channel=Channel.WEBHOOK, endpoint_id=pk, **shared) for pk in _endpoints(kind, tenant, incidents_only)
    ]
    with nullcontext() if tenant else database_scope.every_tenant("an event of no tenant is written"):
        OutboxItem.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.channel != Channel.BELL for row in rows):
        transaction.on_commit(hint, robust=True)


def write_to_address(
    kind: Kind,
    message: Message,
    *,
    event: str,
    address: str,
    tenant: models.Model,
    link: models.Model | None = None,
    path: str = "",
) -> None:
    """Write one mail to an address of which no one asks whether it has an account; its link is written at delivery.

    One that was written before and not delivered waits again, with all attempts anew.
    """
    shown = {"channel": Channel.MAIL, "tenant_id": tenant.pk, "message": message, "path": path}
    shown["link_id"] = link.pk if link else None
    named = {"kind": kind.key, "event": event, "address": address}
    item, is_new = OutboxItem.objects.get_or_create(**named, defaults=shown)
    if not is_new:
        rows = OutboxItem.objects.filter(pk=item.pk, state__in=[OutboxState.FAILED, OutboxState.CANCELLED])
        rows.update(state=OutboxState.WAITING, due_at=Now(), attempt_count=0, finished_at=None, lease_until=None)
    transaction.on_commit(hint, robust=True)


def write_to_endpoint(endpoint: WebhookEndpoint, kind: Kind, message: Message, event: str) -> None:
    """Write one event for one endpoint, whatever kinds it receives."""
    OutboxItem.objects.create(
        kind=kind.key,
        event=event,
        channel=Channel.WEBHOOK,
        endpoint=endpoint,
        tenant_id=endpoint.tenant_id,
        message=message,
    )
    transaction.on_commit(hint, robust=True)


def hint() -> None:
    """Wake a worker; a broker that is away costs one sweep."""
    try:
        app.send_task(DELIVER, retry=False, expires=HINT_EXPIRES_SECONDS)
    except OperationalError:
        log.warning("outbox.hint_lost; the sweep will find the rows")


def _channels(kind: Kind) -> list[Channel]:
    # Without a mail server, or an address of the portal for its links, no row should wait to be mailed.
    has_mail = mail.is_configured() and bool(settings.SLUICE_PORTAL_URL)
    return [*([Channel.MAIL] if has_mail else []), *([Channel.BELL] if kind.has_bell else [])]


def _endpoints(kind: Kind, tenant: models.Model | None, incidents_only: bool) -> list[int]:
    if tenant is None or not kind.has_webhook:
        return []
    rows = WebhookEndpoint.objects.filter(tenant_id=tenant.pk, removed_at__isnull=True, kinds__contains=[kind.key])
    rows = rows.filter(disabled_at=None)
    return [row.pk for row in rows.only("service") if row.has_incidents or not incidents_only]
