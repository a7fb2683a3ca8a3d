"""Seal a message to one certificate, and prove from the ciphertext that it went to that certificate alone."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from portal.openpgp.armor import ArmorError
from portal.openpgp.homes import temporary_home
from portal.openpgp.keyring import GnuPGMissing, Keyring, keyring
from portal.openpgp.packets import PacketError, Tag, as_binary, packets, recipients_of
from portal.openpgp.shape import Unfit, shape

_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
# GnuPG 2.2 writes the second packet as SEIPD; 2.4 as AEAD if the certificate says that its owner can read it.
_SEALED = {(Tag.PKESK, Tag.SEIPD), (Tag.PKESK, Tag.AEAD)}


class SealingFailed(Exception):
    """The message was not encrypted; no ciphertext exists. The text is fit to be shown."""


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """An armored OpenPGP message; `key_id` is the subkey that opens it, `sha256` that of the armored text, in hex."""

    ciphertext: str
    fingerprint: str
    key_id: str
    sha256: str


def encrypt(plaintext: bytes, *, certificate: str, fingerprint: str, scratch: Path | None = None) -> SealedMessage:
    """Encrypt to the certificate with this full fingerprint, by GnuPG in a home of its own.

    The ciphertext is read back: it must hold one session key, for the encryption subkey that belongs to the
    certificate. `scratch` is where the home is made. Raises SealingFailed; takes at most 20 seconds.
    """
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise SealingFailed("The recipient must be named by a full fingerprint of 40 hexadecimal digits.")
    own_key_ids = _key_ids(certificate, fingerprint)
    try:
        with temporary_home(under=scratch) as home, keyring(home) as ring:
            ciphertext, key_id = _seal(ring, plaintext, certificate, fingerprint)
    except GnuPGMissing as error:
        raise SealingFailed(str(error)) from error
    if key_id not in own_key_ids:
        raise SealingFailed("GnuPG encrypted to a key that is not part of the recipient's certificate.")
    _check_addressed(ciphertext, key_id)
    return SealedMessage(ciphertext, fingerprint, key_id, hashlib.sha256(ciphertext.encode()).hexdigest())


def _key_ids(certificate: str, fingerprint: str) -> set[str]:
    try:
        parsed = shape(certificate.encode())
    except Unfit as error:
        raise SealingFailed("The recipient's certificate cannot be read.") from error
    if parsed.primary.fingerprint != fingerprint:
        raise SealingFailed("The recipient's certificate does not have the fingerprint that was confirmed.")
    return set(parsed.keys)


def _seal(ring: Keyring, plaintext: bytes, certificate: str, fingerprint: str) -> tuple[str, str]:
    if ring.add(certificate) != (fingerprint,):
        raise SealingFailed("GnuPG did not take the recipient's certificate.")
    key = next((one.encryption_key for one in ring.certificates()), None)
    if key is None:
        raise SealingFailed("The recipient's key has expired, was revoked, or cannot encrypt.")
    ciphertext = ring.encrypt(plaintext, fingerprint)
    if ciphertext is None:
        raise SealingFailed("GnuPG could not encrypt to the recipient's key, or did not answer within 20 seconds.")
    return ciphertext, key.key_id


def _check_addressed(ciphertext: str, key_id: str) -> None:
    try:
        tags = tuple(packet.tag for packet in packets(as_binary(ciphertext)))
        recipients = recipients_of(ciphertext)
    except (PacketError, ArmorError) as error:
        raise SealingFailed("GnuPG's answer is not an OpenPGP message.") from error
    if tags not in _SEALED or recipients != (key_id,):
        raise SealingFailed("The message is not addressed to the recipient's encryption subkey alone.")
