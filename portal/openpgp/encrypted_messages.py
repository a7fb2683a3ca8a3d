"""Checks whom an uploaded message is encrypted to, without being able to decrypt it.

Only the outermost packets are read (RFC 9580, sections 5.1 and 5.13). Nothing is decrypted, and GnuPG
never sees it.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from pysequoia import ArmorKind, armor

from portal.messages.message import Message
from portal.openpgp.armor import ArmorError, blocks
from portal.openpgp.packets import Packet, PacketError, Tag, packets, recipients_of
from portal.openpgp.private_keys import private_key_refusal

MAX_BYTES = 64 * 1024
_HIDDEN = "0" * 16
_KEY_ID = re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b")
_FORTY = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
# As armor.py reads them: alone on their line, after whatever mail programs put before it.
_AROUND = " \t\r>"
_MARK = re.compile(r"-----(BEGIN|END) PGP ([A-Z ]+)-----")
_BASE64_LINE = re.compile(r"[A-Za-z0-9+/=]*")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# A message's data: with integrity protection (RFC 9580, 5.13), and GnuPG's own OCB packet, used for GnuPG's keys.
_ENCRYPTED = (Tag.SEIPD, Tag.AEAD)

_UNENCRYPTED = Message("openpgp.message_unencrypted")
_UNREADABLE = Message("openpgp.message_unreadable")
_PRIVATE_KEY = Message("openpgp.message_private_key")
_PUBLIC_KEY = Message("openpgp.message_public_key")
_SIGNED = Message("openpgp.message_signed")
_SEVERAL = Message("openpgp.several_messages")
_COMPROMISING = (_UNENCRYPTED, _PRIVATE_KEY, _SIGNED)


class MessageRefused(Exception):
    """An upload that is not an encrypted message for the vendor; `message` says why and what to do.

    `armored` is the encrypted message alone, armored again, where there is one; it may be shown again.
    """

    def __init__(self, message: Message, armored: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.armored = armored

    @property
    def is_compromising(self) -> bool:
        """Whether a secret was uploaded that others could have read on its way."""
        return self.message in _COMPROMISING


@dataclass(frozen=True, slots=True)
class EncryptedMessage:
    """An encrypted message as it is kept: armored again, the SHA-256 of that, and the key IDs that can decrypt it."""

    armored: str
    sha256: str
    key_ids: tuple[str, ...]


def examine(blob: bytes, *, vendor_key_id: str, own_key_ids: Collection[str] = ()) -> EncryptedMessage:
    """Return a message that is encrypted to the vendor's key, and to no others than `own_key_ids`.

    Key IDs are those of encryption subkeys, 16 upper-case hex digits. Raises MessageRefused, which holds nothing of
    the upload but an encrypted message.
    """
    if len(blob) > MAX_BYTES:
        raise MessageRefused(Message("openpgp.message_too_large"))
    if not blob.strip():
        raise MessageRefused(Message("openpgp.message_empty"))
    data = _binary(blob)
    try:
        found = tuple(packets(data))
        _check_packets(found)
        key_ids = recipients_of(data)
    except PacketError as error:
        raise MessageRefused(_UNREADABLE) from error
    text = armor(data, ArmorKind.Message)
    if refusal := _wrong_recipients(key_ids, vendor_key_id, own_key_ids):
        raise MessageRefused(refusal, text)
    return EncryptedMessage(text, hashlib.sha256(text.encode()).hexdigest(), key_ids)


def _binary(blob: bytes) -> bytes:
    text = blob.decode("utf-16" if blob[:2] in _UTF_16 else "utf-8", "replace").lstrip("\ufeff")
    # Before anything else, and wherever it is beside the message: an unencrypted secret must be reported as one.
    kinds, outside = _read(text)
    if _is_in_the_clear(outside):
        raise MessageRefused(_UNENCRYPTED)
    if private_key_refusal(blob):
        raise MessageRefused(_PRIVATE_KEY)
    if not kinds and blob[:1] >= b"\x80" and blob[:2] not in _UTF_16:
        return blob
    for word, refusal in (("PRIVATE KEY", _PRIVATE_KEY), ("SIGN", _SIGNED), ("PUBLIC KEY", _PUBLIC_KEY)):
        if any(word in kind for kind in kinds):
            raise MessageRefused(refusal)
    return _only_message(text)


def _read(text: str) -> tuple[list[str], str]:
    """Return the kinds of the armored blocks, and every line that is not base64 inside one."""
    kinds, outside, is_inside = list[str](), list[str](), False
    for line in text.splitlines():
        bare = line.strip(_AROUND)
        mark = _MARK.fullmatch(bare)
        if mark:
            is_inside = mark[1] == "BEGIN"
            kinds += [mark[2]] if is_inside else []
        elif not is_inside or not _BASE64_LINE.fullmatch(bare):
            outside.append(line)
    return kinds, "\n".join(outside)


def _is_in_the_clear(text: str) -> bool:
    """Return whether the text contains an access key ID, or what looks like a secret access key."""
    mixed = (word for word in _FORTY.findall(text) if re.search("[a-z]", word) and re.search("[A-Z]", word))
    return bool(_KEY_ID.search(text)) or any(re.search("[0-9/+]", word) for word in mixed)


def _only_message(text: str) -> bytes:
    try:
        found = [block for block in blocks(text) if block.kind == "MESSAGE"]
    except ArmorError as error:
        raise MessageRefused(_UNREADABLE) from error
    if len(found) != 1:
        raise MessageRefused(_SEVERAL if found else _UNREADABLE)
    return found[0].data


_WRONG = (
    ({Tag.SECRET_KEY, Tag.SECRET_SUBKEY}, _PRIVATE_KEY),
    ({Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY}, _PUBLIC_KEY),
    ({3}, Message("openpgp.message_password")),
    ({9}, Message("openpgp.message_unprotected")),
    ({Tag.SIGNATURE, Tag.COMPRESSED, 4, 11}, _SIGNED),
)


def _check_packets(found: tuple[Packet, ...]) -> None:
    found = tuple(packet for packet in found if packet.tag != Tag.MARKER)
    tags = [packet.tag for packet in found]
    for wrong, refusal in _WRONG:
        if wrong.intersection(tags):
            raise MessageRefused(refusal)
    if any(packet.tag == Tag.PKESK and packet.body[:1] != b"\x03" for packet in found):
        raise MessageRefused(Message("openpgp.message_version"))
    encrypted = [tag for tag in tags if tag in _ENCRYPTED]
    if len(encrypted) > 1:
        raise MessageRefused(_SEVERAL)
    # Session keys first, then the data, and nothing after it.
    if not encrypted or len(tags) < 2 or tags[-1] not in _ENCRYPTED or set(tags[:-1]) != {Tag.PKESK}:
        raise MessageRefused(_UNREADABLE)
    if found[-1].body[:1] not in (b"\x01", b"\x02"):
        raise MessageRefused(_UNREADABLE)


def _wrong_recipients(key_ids: tuple[str, ...], vendor_key_id: str, own: Collection[str]) -> Message | None:
    if _HIDDEN in key_ids:
        return Message("openpgp.message_hidden_recipient")
    if vendor_key_id not in key_ids:
        return Message("openpgp.message_not_for_vendor")
    known = {vendor_key_id, *own}.issuperset(key_ids)
    return None if known else Message("openpgp.message_unknown_recipient")
