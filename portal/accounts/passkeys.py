"""Passkeys: the ceremonies of WebAuthn (https://www.w3.org/TR/webauthn-3/), which allauth and fido2 check.

A passkey always verifies its person (a PIN, a finger), so it is a password and a second factor in one. The challenge is
kept in the session and serves once. A response for another site, origin or challenge is refused.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.utils import timezone

from portal import deadlocks
from portal.accounts import second_factors
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy import services
from portal.tenancy.models import User

MOST = 10  # of one person


def options_to_add(user: User) -> dict[str, Any]:
    """Return what the browser needs to create a passkey of the person."""
    options: dict[str, Any] = auth.begin_registration(user, passwordless=True)
    return options


def options_to_use(user: User | None) -> dict[str, Any]:
    """Return what the browser needs to use a passkey: of the person, or of anyone who signs in with it."""
    options: dict[str, Any] = auth.begin_authentication(user)
    return options


@deadlocks.atomic
def add(user: User, name: str, credential: Any) -> None:
    """Store a new passkey of the person. Raises ValidationError if the browser's response is not valid."""
    services.lock_person(user.pk)  # two requests at once would each count what there was before the other
    if Authenticator.objects.filter(user=user, type=second_factors.PASSKEY).count() >= MOST:
        raise validation_error(Message("accounts.too_many_passkeys", limit=MOST))
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
    except Exception:  # whatever a response that is not one makes the parsers raise
        raise validation_error(Message("accounts.passkey_refused")) from None
    auth.WebAuthn.add(user, name.strip()[:60] or "Passkey", credential)
    second_factors.record("added", user, user, second_factors.PASSKEY)


def use(user: User | None, credential: Any) -> User:
    """Return the active person whose passkey responded. Raises ValidationError if it is not valid."""
    try:
        auth.parse_authentication_response(credential)
        person = user or auth.extract_user_from_response(credential)
        row = auth.complete_authentication(person, credential)
    except Exception:  # as above
        raise validation_error(Message("accounts.passkey_refused")) from None
    if not isinstance(person, User) or not person.is_active:
        raise validation_error(Message("accounts.passkey_refused"))
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=timezone.now())
    return person
