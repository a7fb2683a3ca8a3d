"""Checks what a person gives to prove who they are: a password, a code or a passkey, each within its limit."""

import json
import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from portal import rate_limits
from portal.accounts import passkeys, second_factors, sign_in_log
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.secret_store.store import SecretStoreOff, SecretUnreadable
from portal.tenancy.models import User

log = logging.getLogger(__name__)


def check_second_factor(request: HttpRequest, person: User) -> str:
    """Check the code or passkey in the form; return "" or why it is refused. Raises TooManyRequests."""
    if request.POST.get("credential"):
        return _check_passkey(request, person)
    rate_limits.try_code(person)
    try:
        kind = second_factors.use_code(person, request.POST.get("code", ""))
    except (SecretStoreOff, SecretUnreadable) as fault:
        log.error("second_factor.unreadable user=%s fault=%s", person.pk, fault)
        return explanation_of(Message("accounts.codes_unavailable"))
    if kind is None:
        sign_in_log.refused(request, "code", person)
        return explanation_of(Message("accounts.code_refused"))
    rate_limits.code_accepted(person)
    return ""


def check_password(request: HttpRequest, person: User) -> str:
    """Check the person's password in the form; return "" or why it is refused. Raises TooManyRequests."""
    who = {"account": person.email, "address": request.META.get("REMOTE_ADDR", "")}
    rate_limits.try_sign_in(**who)
    if not person.check_password(request.POST.get("password", "")):
        sign_in_log.refused(request, "password", person)
        return explanation_of(Message("accounts.password_refused"))
    rate_limits.signed_in(**who)
    return ""


def credential_of(request: HttpRequest) -> Any:
    """Return what the browser's passkey responded, or None if that is not JSON, or none that PostgreSQL stores."""
    text = request.POST.get("credential", "")
    if "\\u0000" in text:
        return None
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()  # half a surrogate pair, NaN
    except (ValueError, RecursionError):
        return None
    return found


def _check_passkey(request: HttpRequest, person: User) -> str:
    try:
        passkeys.use(person, credential_of(request))
    except ValidationError as refused:
        sign_in_log.refused(request, "passkey", person)
        return " ".join(refused.messages)
    return ""
