"""Setting up an authenticator app: its secret waits, encrypted, in the session until the app has shown a right code."""

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote, urlencode

import qrcode
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.sessions.backends.base import SessionBase
from qrcode.image.svg import SvgPathFillImage

from portal.accounts import second_factors
from portal.accounts.adapter import NAME
from portal.secret_store import store
from portal.tenancy.models import User

_KEY = "totp_pending"


@dataclass(frozen=True, slots=True)
class PendingTotp:
    """What an app needs: the secret in groups of four to type, and a picture to scan, as a data: address."""

    spaced_secret: str
    url: str
    picture: str


def begin(session: SessionBase, user: User) -> None:
    """Create a secret, in place of one that is pending. Raises SecretStoreOff."""
    session[_KEY] = store.encrypt(generate_totp_secret(), owner=_owner(user))


def pending(session: SessionBase, user: User) -> PendingTotp | None:
    """Return what the app needs, or None if nothing is pending."""
    secret = _secret(session, user)
    if secret is None:
        return None
    # https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    label = quote(f"{NAME}:{user.email}")
    url = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': NAME})}"
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return PendingTotp(" ".join(groups), url, _picture(url))


def finish(session: SessionBase, user: User, code: str) -> bool:
    """Add the app if the code is right; return whether it is."""
    secret = _secret(session, user)
    step = second_factors.matching_step(secret, "".join(code.split())) if secret else None
    if secret is None or step is None:
        return False
    second_factors.add_totp(user, secret, step)
    del session[_KEY]
    return True


def _secret(session: SessionBase, user: User) -> str | None:
    stored = session.get(_KEY)
    return store.decrypt(stored, owner=_owner(user)) if stored else None


def _owner(user: User) -> str:
    return f"mfa.totp.pending:{user.pk}"


def _picture(url: str) -> str:
    file = BytesIO()
    qrcode.make(url, image_factory=SvgPathFillImage).save(file)
    return f"data:image/svg+xml;base64,{b64encode(file.getvalue()).decode()}"
