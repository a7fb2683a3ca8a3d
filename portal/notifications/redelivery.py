"""Rows of the outbox that staff have delivered once more, with its line in the audit trail."""

from django.db import transaction

from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.outbox import delivery, outbox
from portal.outbox.models import Channel, OutboxItem
from portal.tenancy import audit
from portal.tenancy.models import User


@deadlocks.atomic
def redeliver(*, item: OutboxItem, actor: User | str) -> None:
    """Make a row due now, whatever became of it before. Raises ValidationError for a notification of the bell."""
    if item.channel == Channel.BELL:
        raise validation_error(Message("outbox.not_redelivered"))
    delivery.redeliver(item)
    audit.record(
        "outbox:item:redelivered",
        tenant=item.tenant,
        actor=actor,
        target=item.to,
        about=item,
        details={"kind": item.kind, "item": item.uid},
    )
    transaction.on_commit(outbox.hint, robust=True)
