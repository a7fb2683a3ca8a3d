"""A line of the log for each sign-in, and for each attempt to prove who one is that failed: who, how, and from where.

What is typed into the field for an address can be a password by mistake, so of a failed sign-in only an HMAC of it is
logged: the same for the same account, and of no use for guessing to anyone who reads the log without the secret key.
Lines begin with `sign_in.`.
https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html
"""

import logging
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from portal.tenancy.models import User

log = logging.getLogger(__name__)
_DIGITS = 16
_SALT = "portal.accounts.sign_in_log"


def connect() -> None:
    """Watch passwords that are refused and people who sign out; to be called once, when Django starts."""
    user_login_failed.connect(_password_refused, dispatch_uid="log_of_failed_sign_in")
    user_logged_out.connect(_signed_out, dispatch_uid="log_of_sign_out")


def succeeded(request: HttpRequest, user: User, methods: Iterable[str]) -> None:
    """Log that a person signed in, and by what: password, mfa, or an identity provider alone."""
    names = ",".join(sorted(methods)) or "identity-provider"
    log.info("sign_in.succeeded user=%s methods=%s address=%s", user.pk, names, _address(request))


def refused(request: HttpRequest, method: str, user: User | None = None) -> None:
    """Log that a password, code, passkey or identity was refused; the person is known after the first step only."""
    log.warning("sign_in.refused method=%s user=%s address=%s", method, user.pk if user else "-", _address(request))


def _password_refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    typed = str(credentials.get("username", "")).strip().casefold()
    account = salted_hmac(_SALT, typed, algorithm="sha256").hexdigest()[:_DIGITS]
    log.warning("sign_in.refused method=password account=%s address=%s", account, _address(request))


def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        log.info("sign_in.ended user=%s address=%s", user.pk, _address(request))


def _address(request: HttpRequest | None) -> str:
    return (request.META.get("REMOTE_ADDR") if request else "") or "-"
