"""Encrypts a new secret to one recipient, in the encrypting process: the copy, and its form as a mail where wanted."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from onboarding.credentials.mail_entity import mail_entity
from portal.openpgp.encrypt import SealedMessage, encrypt

_REHEARSAL = "rehearsal.zip"


def seal(
    plaintext: bytes, recipient: Mapping[str, Any], *, file_name: str = "", scratch: Path | None = None
) -> SealedMessage:
    """Return the plaintext encrypted to a recipient: `fingerprint`, `certificate`, and whether it `wants_mail`.

    A mail is another message to the same key, because it contains a MIME entity and not the file. Raises SealingFailed.
    """
    encrypted = partial(
        encrypt, certificate=recipient["certificate"], fingerprint=recipient["fingerprint"], scratch=scratch
    )
    copy = encrypted(plaintext, file_name=file_name)
    if not recipient.get("wants_mail"):
        return copy
    return replace(copy, mail=encrypted(mail_entity(plaintext, file_name=file_name or _REHEARSAL)).ciphertext)
