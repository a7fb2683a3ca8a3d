"""A row of the outbox as a mail: HTML and text with the same content, and the headers of automatic mail."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.template.loader import render_to_string

from portal import mail
from portal.messages.catalogue import text_of, todo_of
from portal.messages.message import Message
from portal.outbox import unsubscribe
from portal.outbox.kinds import link_of
from portal.outbox.models import OutboxItem


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is sent."""

    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]


def send(item: OutboxItem) -> Message:
    """Send a row to its recipient, and return the server's answer; raises ValidationError where it is not accepted."""
    made = mail_of(item)
    mail.send(to=made.to, subject=made.subject, text=made.text, html=made.html, headers=made.headers)
    return Message("outbox.mail_accepted", to=made.to)


def mail_of(item: OutboxItem) -> Mail:
    """Return a row as a mail, in the portal's language. Raises ValidationError where its link cannot be written."""
    person = item.recipient
    if person is None:
        raise ValueError(f"{item.uid} is for an endpoint")
    switch_off = "" if item.kind_of.is_security else unsubscribe.link_for(person, item.kind_of)
    context = {
        "subject": item.subject,
        "paragraphs": [part for part in (text_of(item.body), todo_of(item.body)) if part],
        "link": _link(item, person),
        "action": text_of(item.kind_of.action),
        "kind": text_of(item.kind_of.label),
        "unsubscribe": switch_off,
        "portal_url": settings.SLUICE_PORTAL_URL,
        "vendor_name": settings.SLUICE_VENDOR_NAME,
        "email": person.email,
    }
    return Mail(
        to=person.email,
        subject=item.subject,
        text=render_to_string("mail/notification.txt", context).strip() + "\n",
        html=render_to_string("mail/notification.html", context),
        headers=_headers(item, switch_off),
    )


def _link(item: OutboxItem, person: AbstractUser) -> str:
    write = link_of(item.kind_of)
    return write(person) if write else f"{settings.SLUICE_PORTAL_URL}{item.path}"


def _headers(item: OutboxItem, switch_off: str) -> dict[str, str]:
    # The same Message-ID at every attempt, so that mailboxes recognise a mail that reaches them twice.
    host = urlsplit(settings.SLUICE_PORTAL_URL).hostname or "localhost"
    headers = {"Message-ID": f"<{item.uid}@{host}>", "Auto-Submitted": "auto-generated"}
    if switch_off:
        headers["List-Unsubscribe"] = f"<{switch_off}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
