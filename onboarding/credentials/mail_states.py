"""What became of the mails of encrypted copies, as pages and the command line show it. Nothing here writes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from onboarding.models.credential import SealedCopy
from onboarding.models.mail_copy import MailCopy
from portal.messages.message import Message
from portal.outbox import kinds
from portal.outbox.models import OutboxItem, OutboxState


@dataclass(frozen=True, slots=True)
class MailState:
    """A copy's mail: where to, when a mail server accepted it, or that it waits, and what the last attempt answered.

    It `is_over` without acceptance when it failed or was cancelled.
    """

    address: str
    accepted_at: datetime | None = None
    is_over: bool = False
    answer: Message | None = None


def mail_states(copies: Collection[SealedCopy]) -> dict[str, MailState]:
    """Return by a copy's uid what became of its mail, in at most three queries; a copy without one is not in it.

    One that was not queued has no address: it waits for the proof of its recipient, or for an address.
    """
    found = MailCopy.objects.filter(copy__in=copies).defer("ciphertext", "copy__ciphertext")
    mails = list(found.select_related("copy"))
    rows = _rows({mail.event for mail in mails if mail.address and not mail.accepted_at})
    return {mail.copy.uid: _state(mail, rows.get((mail.event, mail.address))) for mail in mails}


def _rows(events: set[str]) -> dict[tuple[str, str], OutboxItem]:
    if not events:
        return {}
    found = OutboxItem.objects.filter(kind=kinds.ACCESS_KEY_MAIL.key, event__in=events).prefetch_related("attempts")
    return {(row.event, row.address): row for row in found}


def _state(mail: MailCopy, row: OutboxItem | None) -> MailState:
    if row is None or mail.accepted_at:
        return MailState(mail.address, mail.accepted_at)
    answers = [attempt.answer for attempt in row.attempts.all() if attempt.answer]
    is_over = row.state in {OutboxState.FAILED, OutboxState.CANCELLED}
    return MailState(mail.address, is_over=is_over, answer=answers[-1] if answers else None)
