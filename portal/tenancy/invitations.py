"""Invitations: a link by which a person chooses their password; it works once, for three days.

The mail is written into the outbox in the transaction of the invitation. Its link is written when the mail is sent, so
that no row of the outbox holds a token.

The token is Django's: a hash of the person's password and last sign-in, so that it ends with its first use. Opening the
link changes nothing, so a mail scanner does no harm.
https://docs.djangoproject.com/en/5.2/topics/auth/default/#django.contrib.auth.views.PasswordResetConfirmView
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from portal import deadlocks, mail
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.outbox import delivery, kinds, outbox
from portal.outbox.models import OutboxItem, OutboxState
from portal.tenancy import audit
from portal.tenancy.models import User


@dataclass(frozen=True, slots=True)
class Invitation:
    """The link for one person, and the row of the outbox by which it is mailed; None where it is passed on by hand."""

    email: str
    link: str
    item: OutboxItem | None


@dataclass(frozen=True, slots=True)
class Handover:
    """Whether a mail server accepted an invitation; if not, why not, and whether it is attempted again."""

    is_accepted: bool
    is_waiting: bool
    answer: Message | None


@deadlocks.atomic
def invite(*, user: User, actor: User | str, by_mail: bool = True) -> Invitation:
    """Create a link for a person and write its mail into the outbox; without `by_mail` it is for the caller to pass on.

    Raises ValidationError if the person is deactivated, the portal's address is not set, or no mail server is.
    """
    if not user.is_active:
        raise validation_error(Message("tenancy.person_deactivated", email=user.email))
    link = link_for(user)
    if by_mail and not mail.is_configured():
        raise validation_error(Message("mail.not_configured"))
    event = audit.record(
        "tenancy:person:invited", tenant=None, actor=actor, target=user.email, about=user, details={"by_mail": by_mail}
    )
    return Invitation(user.email, link, _written(user, event=f"audit-{event.pk}") if by_mail else None)


def hand_over(item: OutboxItem) -> Handover:
    """Deliver an invitation now, in place of a worker, and return what became of it; to be called after the commit."""
    item = delivery.deliver_now(item)
    last = item.attempts.last()
    return Handover(
        is_accepted=item.state == OutboxState.DELIVERED,
        is_waiting=item.state == OutboxState.WAITING,
        answer=last.answer if last else None,
    )


def _written(user: User, event: str) -> OutboxItem:
    message = Message(
        "notification.invitation",
        vendor=settings.SLUICE_VENDOR_NAME,
        email=user.email,
        lifetime_seconds=settings.PASSWORD_RESET_TIMEOUT,
    )
    outbox.write(kinds.INVITATION, message, event=event, to=[user])
    return OutboxItem.objects.get(kind=kinds.INVITATION.key, event=event, recipient=user)


@deadlocks.atomic
def mail_reset_link(user: User) -> None:
    """Write the mail with a link to choose a new password into the outbox."""
    event = audit.record(
        "tenancy:person:reset-requested", tenant=None, actor="sign-in page", target=user.email, about=user
    )
    message = Message("notification.password_reset", email=user.email, lifetime_seconds=settings.PASSWORD_RESET_TIMEOUT)
    outbox.write(kinds.PASSWORD_RESET, message, event=f"audit-{event.pk}", to=[user])


def link_of(item: OutboxItem) -> str:
    """Return the link of a row of the outbox, for its mail."""
    if not isinstance(item.recipient, User):
        raise TypeError(f"{item.uid} is for no person")
    return link_for(item.recipient)


def link_for(user: User) -> str:
    """Return the address at which the person chooses a password; raises ValidationError without SLUICE_PORTAL_URL."""
    if not settings.SLUICE_PORTAL_URL:
        raise validation_error(Message("tenancy.portal_url_missing"))
    path = reverse(
        "set_password",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    return f"{settings.SLUICE_PORTAL_URL}{path}"
