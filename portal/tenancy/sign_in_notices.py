"""Notices to a person that how they or their programs sign in has changed, written in the transaction of the change.

A person who has never signed in is not notified: they are choosing their first password or second factor now.
"""

from django.urls import reverse

from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy.models import AuditEvent, User

_FACTORS = {
    "totp": Message("notification.totp"),
    "webauthn": Message("notification.passkey"),
    "recovery_codes": Message("notification.recovery_codes"),
}


def password_changed(event: AuditEvent, user: User) -> None:
    """Notify a person of their new password; `event` is its line in the audit trail."""
    _write(event, user, Message("notification.password_changed", email=user.email))


def second_factor_changed(event: AuditEvent, user: User, verb: str, kind: str) -> None:
    """Notify a person of a second factor that was added or removed, or that support removed all of them."""
    named = {"email": user.email, "actor": event.actor}
    if verb == "added":
        _write(event, user, Message("notification.factor_added", factor=_FACTORS[kind], **named))
    elif verb == "removed":
        _write(event, user, Message("notification.factor_removed", factor=_FACTORS[kind], **named))
    else:
        _write(event, user, Message("notification.factors_reset", **named))


def token_created(event: AuditEvent, user: User, name: str) -> None:
    """Notify a person of a new API token of theirs, even if someone else created it."""
    _write(event, user, Message("notification.token_created", email=user.email, token=name, actor=event.actor))


def _write(event: AuditEvent, user: User, message: Message) -> None:
    if user.last_login:
        outbox.write(kinds.SIGN_IN_CHANGED, message, event=f"audit-{event.pk}", to=[user], path=reverse("security"))
