"""Delivers the rows of the outbox, and records every attempt with its answer.

At least once: a worker that is ended after the mail server's answer and before its row is written sends again, with the
same Message-ID.
"""

import logging
import time
from contextlib import AbstractContextManager

from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from portal import database_scope, deadlocks
from portal.mail import MailNotAccepted
from portal.messages.errors import MessageError
from portal.messages.message import Message
from portal.outbox import chats, choices, claims, endpoint_failures, kinds, mails, webhooks
from portal.outbox.claims import Claim
from portal.outbox.models import Channel, OutboxItem, OutboxState
from portal.outbox.webhooks import WebhookNotAccepted

log = logging.getLogger(__name__)

TURN_SECONDS = 20.0
_SENDERS = {Channel.MAIL: mails.send, Channel.WEBHOOK: webhooks.send}


def deliver_due(seconds: float = TURN_SECONDS) -> bool:
    """Deliver rows until none is due; return whether some may be left because the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        claim = claims.acquire()
        if claim is None:
            return False
        _attempt(claim)
    return True


def deliver_now(item: OutboxItem) -> OutboxItem:
    """Attempt one row at once, if it is due and no worker has it, and return it as it is then."""
    if claim := claims.acquire_item(item):
        _attempt(claim)
    item.refresh_from_db()
    return item


def redeliver(item: OutboxItem) -> None:
    """Make a row due now, with all attempts anew, whatever became of it before; those it had stay listed."""
    rows = OutboxItem.objects.filter(pk=item.pk).exclude(channel=Channel.BELL)
    rows.update(state=OutboxState.WAITING, due_at=Now(), attempt_count=0, finished_at=None, lease_until=None)


def _attempt(claim: Claim) -> None:
    with _scope_of(claim.item):
        _send(claim)


def _scope_of(item: OutboxItem) -> AbstractContextManager[None]:
    """Return the scope of a row's tenant; one of no tenant is its recipient's."""
    if item.tenant_id is not None:
        return database_scope.of_tenant(item.tenant_id)
    return database_scope.of_person(item.recipient_id) if item.recipient_id else database_scope.nothing()


def _send(claim: Claim) -> None:
    if why := _not_wanted(claim.item):
        claims.finish(claim, OutboxState.CANCELLED, why)
        return
    try:
        answer = _SENDERS[Channel(claim.item.channel)](claim.item)
    except ValidationError as refused:
        _refused(claim, refused)
    except Exception:  # one row must not end the worker's turn: whatever it is, the row is attempted again
        log.exception("outbox.attempt_failed item=%s kind=%s", claim.item.uid, claim.item.kind)
        claims.retry_later(claim, Message("outbox.error"))
    else:
        _delivered(claim, answer)


@deadlocks.atomic
def _delivered(claim: Claim, answer: Message) -> None:
    if claims.finish(claim, OutboxState.DELIVERED, answer):
        kinds.note_accepted(claim.item.kind_of, claim.item)
        endpoint_failures.note_accepted(claim.item)


@deadlocks.atomic
def _refused(claim: Claim, refused: ValidationError) -> None:
    answer = refused.source if isinstance(refused, MessageError) else Message("outbox.error")
    is_permanent = isinstance(refused, MailNotAccepted | WebhookNotAccepted) and refused.is_permanent
    log.warning("outbox.not_delivered item=%s kind=%s answer=%s", claim.item.uid, claim.item.kind, answer.code)
    is_noted = claims.finish(claim, OutboxState.FAILED, answer) if is_permanent else claims.retry_later(claim, answer)
    if is_noted and OutboxItem.objects.filter(pk=claim.item.pk, state=OutboxState.FAILED).exists():
        endpoint_failures.note_failed(claim.item)


def _not_wanted(item: OutboxItem) -> Message | None:
    """Return why a row is not delivered any more: its recipient left or switched it off, its link or alert ended."""
    kind, person = item.kind_of, item.recipient
    if why := kinds.ended(kind, item):
        return why
    if chats.is_over(item):
        return Message("outbox.alert_closed")
    if person is None or kind.reaches_leavers:
        return None
    if not person.is_active:
        return Message("outbox.recipient_deactivated")
    if item.tenant_id is not None and not person.memberships.filter(tenant_id=item.tenant_id).exists():
        return Message("outbox.recipient_left")
    return None if choices.wants(person, kind, Channel.MAIL) else Message("outbox.switched_off")
