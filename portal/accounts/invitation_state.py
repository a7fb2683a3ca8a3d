"""What happened to a link of an invitation or a reset that is not valid, as far as it may be said.

The token is Django's: a time in base 36 and a hash. The hash depends on the password and the last sign-in, so a link
that was used no longer matches; a link that was tampered with looks the same.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import PasswordResetConfirmView
from django.utils.http import base36_to_int

from portal.messages.message import Message

_EPOCH = datetime(2001, 1, 1)  # noqa: DTZ001  (naive, as Django's PasswordResetTokenGenerator counts)


def state_of(user: AbstractBaseUser | None, token: str, *, now: datetime | None = None) -> Message:
    """Return why the link is not valid: expired, used or replaced, or not one of ours."""
    made_at = _made_at(token) if "-" in token and token != PasswordResetConfirmView.reset_url_token else None
    if user is None or made_at is None:
        return Message("accounts.link_unknown")
    age = (now or datetime.now()) - made_at  # noqa: DTZ005  (as above)
    if age > timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT):
        return Message("accounts.link_expired")
    return Message("accounts.link_used")


def _made_at(token: str) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=base36_to_int(token.partition("-")[0]))
    except (ValueError, OverflowError):
        return None
