"""What people upload in place of an OpenPGP public key, so that the answer can name it."""

import re

from portal.messages.message import Message
from portal.openpgp.text_forms import folded

_SIGNED = Message("openpgp.found_signed_message")
_OTHER = Message("openpgp.found_other")
_BLOCKS = {"MESSAGE": Message("openpgp.found_message"), "SIGNATURE": Message("openpgp.found_signature")}
_FORMATS = (
    (re.compile(r"^\s*(ssh-|ecdsa-sha2-|---- BEGIN SSH2)", re.MULTILINE), Message("openpgp.found_ssh")),
    (re.compile(r"-----BEGIN CERTIFICATE-----"), Message("openpgp.found_x509")),
    (re.compile(r"-----BEGIN (RSA )?PUBLIC KEY-----"), Message("openpgp.found_pem")),
    (re.compile(r"age1[0-9a-z]{58}"), Message("openpgp.found_age")),
)
_SIGNED_MESSAGE = re.compile(r"(?<!-)-+ *BEGIN PGP SIGNED MESSAGE *-+")
_FINGERPRINT = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{4}\s{0,2}){10}(?![0-9A-Fa-f])")
_KEY_ID = re.compile(r"(?:0x)?([0-9A-Fa-f]{16}|[0-9A-Fa-f]{8})")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_EMAIL = re.compile(r"<?([^\s<>@]+@[^\s<>@]+)>?")
_LONGEST = 600  # of a text that is a name for a key: a listing of gpg, with its lines


def is_keybox(data: bytes) -> bool:
    """Return whether this is the file in which GnuPG keeps all keys (pubring.kbx)."""
    return data[8:12] == b"KBXf"


def other_upload(text: str, kinds: list[str]) -> Message:
    """Return the refusal of a text without a public key; `kinds` are those of its OpenPGP blocks."""
    plain = folded(text)
    if _SIGNED_MESSAGE.search(plain):
        return Message("openpgp.not_a_public_key", found=_SIGNED)
    if kinds:
        return Message("openpgp.not_a_public_key", found=_BLOCKS.get(kinds[0], _OTHER))
    other = next((found for pattern, found in _FORMATS if pattern.search(plain)), None)
    if other:
        return Message("openpgp.other_format", found=other)
    return _name_of_key(plain.strip()) or Message("openpgp.unreadable")


def _name_of_key(text: str) -> Message | None:
    if len(text) > _LONGEST:
        return None
    if fingerprint := _FINGERPRINT.search(text):
        return Message("openpgp.fingerprint_only", key="".join(fingerprint[0].split()).upper())
    if key_id := _KEY_ID.fullmatch(text):
        return Message("openpgp.fingerprint_only", key=key_id[1].upper())
    if email := _EMAIL.fullmatch(text):
        return Message("openpgp.email_only", email=email[1])
    return Message("openpgp.url_only") if _ADDRESS.fullmatch(text) else None
