"""A row of the outbox as a mail: HTML and text with the same content, and the headers of automatic mail."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from portal import mail
from portal.messages.catalogue import text_of, todo_of
from portal.messages.message import Message
from portal.outbox import unsubscribe
from portal.outbox.kinds import ciphertext_of, link_of
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
    if ciphertext := ciphertext_of(item.kind_of, item):
        return _send_encrypted(item, ciphertext)
    made = mail_of(item)
    mail.send(to=made.to, subject=made.subject, text=made.text, html=made.html, headers=made.headers)
    return Message("outbox.mail_accepted", to=made.to)


def _send_encrypted(item: OutboxItem, ciphertext: str) -> Message:
    # Its text is inside; the subject is that of the kind and names nothing of the tenant.
    mail.send_encrypted(to=item.to, subject=item.subject, ciphertext=ciphertext, headers=_headers(item, ""))
    return Message("outbox.mail_accepted", to=item.to)


def mail_of(item: OutboxItem) -> Mail:
    """Return a row as a mail, in the portal's language. Raises ValidationError where its link cannot be written."""
    if item.endpoint_id is not None:
        raise ValueError(f"{item.uid} is for an endpoint")
    person, kind, content = item.recipient, item.kind_of, _content(item)
    switch_off = unsubscribe.link_for(person, kind) if person and not kind.is_security else ""
    context = {
        "subject": content.subject,
        "paragraphs": [part for part in (text_of(content.body), todo_of(content.body)) if part],
        "link": _link(item),
        "action": text_of(kind.action),
        "kind": text_of(kind.label),
        "unsubscribe": switch_off,
        "portal_url": settings.SLUICE_PORTAL_URL,
        "vendor_name": settings.SLUICE_VENDOR_NAME,
        "email": item.to,
    }
    return Mail(
        to=item.to,
        subject=content.subject,
        text=render_to_string("mail/notification.txt", context).strip() + "\n",
        html=render_to_string("mail/notification.html", context),
        headers=_headers(item, switch_off),
    )


@dataclass(frozen=True, slots=True)
class _Content:
    subject: str
    body: Message


def _content(item: OutboxItem) -> _Content:
    """Return what a mail says; of a tenant that requires a second factor only the kind, to its people.

    A mailbox is read without that factor. Who has left cannot sign in to read more.
    """
    if _is_protected(item):
        label = text_of(item.kind_of.label)
        return _Content(label, Message("notification.protected", kind=label))
    return _Content(item.subject, item.body)


def _is_protected(item: OutboxItem) -> bool:
    person, tenant = item.recipient, item.tenant
    if person is None or tenant is None or not tenant.requires_second_factor:
        return False
    return person.memberships.filter(tenant_id=tenant.pk).exists()


def _link(item: OutboxItem) -> str:
    write = link_of(item.kind_of)
    return write(item) if write else f"{settings.SLUICE_PORTAL_URL}{item.path}"


def _headers(item: OutboxItem, switch_off: str) -> dict[str, str]:
    # The same Message-ID at every attempt, so that mailboxes recognise a mail that reaches them twice.
    host = urlsplit(settings.SLUICE_PORTAL_URL).hostname or "localhost"
    headers = {"Message-ID": f"<{item.uid}@{host}>", "Auto-Submitted": "auto-generated"}
    if switch_off:
        headers["List-Unsubscribe"] = f"<{switch_off}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
