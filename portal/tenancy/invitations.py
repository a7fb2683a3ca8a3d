"""Invitations: a link by which a person chooses their password; it works once, for three days.

The token is Django's: a hash of the person's password and last sign-in, so that it ends with its first use. Opening the
link changes nothing, so a mail scanner does no harm.
https://docs.djangoproject.com/en/5.2/topics/auth/default/#django.contrib.auth.views.PasswordResetConfirmView
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from portal import mail
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy import audit
from portal.tenancy.models import User

DAYS = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)


@dataclass(frozen=True, slots=True)
class Invitation:
    """The link for one person, and whether it was sent to them by mail."""

    email: str
    link: str
    is_mailed: bool


def invite(*, user: User, actor: User | str, by_mail: bool = True) -> Invitation:
    """Create a link for a person and send it by mail; without `by_mail` it is for the caller to pass on.

    Raises ValidationError if the person is deactivated, the portal's address is not set, or the mail is not taken.
    """
    if not user.is_active:
        raise validation_error(Message("tenancy.person_deactivated", email=user.email))
    link = link_for(user)
    if by_mail:
        context = {"link": link, "days": DAYS, "vendor_name": settings.SLUICE_VENDOR_NAME, "email": user.email}
        mail.send(
            to=user.email, subject=_("Your account on Sluice"), text=render_to_string("mail/invitation.txt", context)
        )
    audit.record(
        "tenancy:person:invited", tenant=None, actor=actor, target=user.email, about=user, details={"by_mail": by_mail}
    )
    return Invitation(user.email, link, by_mail)


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
