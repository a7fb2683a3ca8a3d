"""What is said of a certificate that is accepted: that its key expires soon or is short."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from portal.messages.message import Message
from portal.openpgp.keymaterial import KeyMaterial

EARLY_WARNING = timedelta(days=30)
SHORT_RSA_BITS = 3072


def warnings_of(
    primary: KeyMaterial, encryption: KeyMaterial, expires_at: datetime | None, now: datetime
) -> Iterator[Message]:
    """Yield the warnings about a primary key and its encryption key, as of a moment."""
    short = next((key for key in (encryption, primary) if key.is_rsa and key.bits < SHORT_RSA_BITS), None)
    if short:
        yield Message("openpgp.short_rsa", algorithm=short.name)
    if expires_at and expires_at < now + EARLY_WARNING:
        yield Message("openpgp.expires_soon", date=day_of(expires_at))


def day_of(moment: datetime) -> str:
    """Return a date as pages write it, as in 3 March 2027."""
    return f"{moment.day} {moment:%B %Y}"
