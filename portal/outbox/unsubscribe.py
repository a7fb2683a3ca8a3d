"""The link that switches mail of one kind off, without signing in: a signed token in each mail.

Opening it by GET changes nothing, so a mail scanner does no harm; mail programs POST to it (one click).
https://www.rfc-editor.org/rfc/rfc8058
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core import signing
from django.urls import reverse

from portal.outbox.kinds import BY_KEY, Kind

_SALT = "portal.outbox.unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whose mail of which kind a link switches off."""

    person: AbstractUser
    kind: Kind


def link_for(person: AbstractUser, kind: Kind) -> str:
    """Return the address that switches a kind of mail off. It does not expire: a mail is found again after years."""
    token = signing.dumps([person.pk, kind.key], salt=_SALT)
    return f"{settings.SLUICE_PORTAL_URL}{reverse('unsubscribe', kwargs={'token': token})}"


def subscription_of(token: str) -> Subscription | None:
    """Return what a token switches off; None for one that was changed, or whose person or kind is gone."""
    try:
        pk, key = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    person = get_user_model().objects.filter(pk=pk, is_active=True).first()
    kind = BY_KEY.get(key)
    if person is None or kind is None or kind.is_security:
        return None
    return Subscription(person, kind)
