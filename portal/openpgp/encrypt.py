"""Encrypts a message to one certificate, and proves from the ciphertext that only this certificate can decrypt it."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from portal.messages.message import Message
from portal.openpgp.armor import ArmorError
from portal.openpgp.certificate_structure import read_structure
from portal.openpgp.homes import HomeFull, temporary_home
from portal.openpgp.keyring import GnuPGMissing, Keyring, keyring
from portal.openpgp.packets import PacketError, Tag, as_binary, packets, recipients_of
from portal.openpgp.refusals import CertificateRefused

_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
# GnuPG 2.2 writes the second packet as SEIPD; 2.4 as AEAD if the certificate says that its owner can read it.
_ENCRYPTED = {(Tag.PKESK, Tag.SEIPD), (Tag.PKESK, Tag.AEAD)}


class SealingFailed(Exception):
    """The message was not encrypted; no ciphertext exists."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """An armored OpenPGP message; `key_id` is the subkey that decrypts it, `sha256` is of the armored text.

    `file_name` is the name of the plaintext that is inside. `mail` is another armored message to the same key: the
    plaintext as the MIME entity of a PGP/MIME mail, or "" where none is wanted.
    """

    ciphertext: str
    fingerprint: str
    key_id: str
    sha256: str
    file_name: str = ""
    mail: str = ""


def encrypt(
    plaintext: bytes, *, certificate: str, fingerprint: str, file_name: str = "", scratch: Path | None = None
) -> SealedMessage:
    """Encrypt to the certificate with this full fingerprint, by GnuPG in a home of its own.

    The ciphertext is read back: it must hold exactly one session key, for the certificate's encryption subkey.
    `scratch` is where the home is created. Raises SealingFailed; takes at most 20 seconds.
    """
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise SealingFailed(Message("openpgp.fingerprint_incomplete"))
    own_key_ids = _key_ids(certificate, fingerprint)
    try:
        with temporary_home(under=scratch) as home, keyring(home) as ring:
            ciphertext, key_id = _seal(ring, plaintext, certificate, fingerprint, file_name)
    except GnuPGMissing as error:
        raise SealingFailed(Message("openpgp.gnupg_missing")) from error
    except HomeFull as error:
        raise SealingFailed(Message("openpgp.no_space")) from error
    if key_id not in own_key_ids:
        raise SealingFailed(Message("openpgp.wrong_recipient"))
    _check_addressed(ciphertext, key_id)
    digest = hashlib.sha256(ciphertext.encode()).hexdigest()
    return SealedMessage(ciphertext, fingerprint, key_id, digest, file_name)


def _key_ids(certificate: str, fingerprint: str) -> set[str]:
    try:
        parsed = read_structure(certificate.encode())
    except CertificateRefused as error:
        raise SealingFailed(Message("openpgp.recipient_unreadable")) from error
    if parsed.primary.fingerprint != fingerprint:
        raise SealingFailed(Message("openpgp.fingerprint_mismatch"))
    return set(parsed.keys)


def _seal(ring: Keyring, plaintext: bytes, certificate: str, fingerprint: str, file_name: str) -> tuple[str, str]:
    if ring.add(certificate) != (fingerprint,):
        raise SealingFailed(Message("openpgp.recipient_rejected"))
    key = next((listed.encryption_key for listed in ring.certificates()), None)
    if key is None:
        raise SealingFailed(Message("openpgp.recipient_unusable"))
    ciphertext = ring.encrypt(plaintext, fingerprint, file_name=file_name)
    if ciphertext is None:
        raise SealingFailed(Message("openpgp.encryption_failed"))
    return ciphertext, key.key_id


def _check_addressed(ciphertext: str, key_id: str) -> None:
    try:
        tags = tuple(packet.tag for packet in packets(as_binary(ciphertext)))
        recipients = recipients_of(ciphertext)
    except (PacketError, ArmorError) as error:
        raise SealingFailed(Message("openpgp.ciphertext_unreadable")) from error
    if tags not in _ENCRYPTED or recipients != (key_id,):
        raise SealingFailed(Message("openpgp.wrongly_addressed"))
