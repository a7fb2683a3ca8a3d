"""How far the mail of an invitation is, for the page that lists the open ones."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.messages.catalogue import text_of
from portal.outbox.models import OutboxItem, OutboxState
from portal.tenancy.models import ExpiringLink


@dataclass(frozen=True, slots=True)
class MailState:
    """The state as a word, since when or when next, and what the mail server answered if it did not accept the mail."""

    label: str
    at: datetime | None = None
    answer: str = ""


def with_mail(links: QuerySet[ExpiringLink]) -> QuerySet[ExpiringLink]:
    """Return the links with the rows of the outbox that are about them, in two queries more."""
    return links.prefetch_related("outbox_items__attempts")


def state_of(link: ExpiringLink) -> MailState:
    """Return how far the mail of a link is; `with_mail` read its rows."""
    items = sorted(link.outbox_items.all(), key=lambda item: item.pk)
    return _state(items[-1]) if items else MailState(_("Not sent by mail"))


def _state(item: OutboxItem) -> MailState:
    if item.state == OutboxState.DELIVERED:
        return MailState(_("Sent"), item.finished_at)
    answers = [attempt.answer for attempt in item.attempts.all() if attempt.answer]
    answer = text_of(answers[-1]) if answers else ""  # what to do is for those who operate the portal
    if item.state == OutboxState.WAITING:
        return MailState(_("Next attempt"), item.due_at, answer) if answer else MailState(_("Queued"))
    return MailState(_("Not sent"), item.finished_at, answer)
