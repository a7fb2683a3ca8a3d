"""Judges an encrypted message that somebody made elsewhere, without being able to read it: whom is it for?

Only the outermost packets are read (RFC 9580, sections 5.1 and 5.13). Nothing is decrypted, and GnuPG never sees it.
"""

import base64
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from portal.openpgp.armor import ArmorError, blocks, checksum
from portal.openpgp.packets import Packet, PacketError, Tag, packets, recipients_of

MAX_BYTES = 64 * 1024
_HIDDEN = "0" * 16
_KEY_ID = re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b")
_FORTY = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
# As armor.py reads them: alone on their line, whatever mail programs put before it.
_AROUND = " \t\r>"
_MARK = re.compile(r"-----(BEGIN|END) PGP ([A-Z ]+)-----")
_BASE64_LINE = re.compile(r"[A-Za-z0-9+/=]*")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# A message's data: with a check against changes (RFC 9580, 5.13), and GnuPG's own OCB packet, made for keys of GnuPG.
_SEALED = (Tag.SEIPD, Tag.AEAD)


class MessageRefused(Exception):
    """What was handed in cannot be taken; `code` is for programs, `words` say why and what to do.

    `message` is the message alone, armored anew, where there is one; it may be shown again.
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.words = WORDS[code]


WORDS = {
    "empty": "There is nothing here. Choose the file that the script wrote, or paste its text: it begins with "
    "“-----BEGIN PGP MESSAGE-----”.",
    "too_large": "This is larger than 64 KiB, far more than an encrypted access key needs. Hand in the file that the "
    "script wrote.",
    "clear": "This holds what looks like an access key that is not encrypted. Sluice kept nothing of it, but it has "
    "travelled: delete that access key in IAM now, make another with the script, and hand in only what gpg wrote.",
    "private_key": "This is a private OpenPGP key. Sluice kept nothing of it, but it has travelled: revoke it and make "
    "another. What belongs here is the encrypted message that the script wrote.",
    "public_key": "This is a public key, not an encrypted message. Hand in the file that the script wrote.",
    "signed": "This is not encrypted: everybody can read it. If an access key stands in it, delete that key in IAM "
    "now, and make another with the script.",
    "password": "This message also opens with a password. Encrypt to the vendor’s key alone, without --symmetric.",
    "garbage": "This is not a whole encrypted message: it may have been shortened or changed when it was copied. Hand "
    "in the file as the script wrote it.",
    "several": "There is more than one message here. Hand in one.",
    "unprotected": "This message is encrypted without protection against changes, as very old programs do. Encrypt it "
    "with GnuPG 2.2 or newer.",
    "hidden": "This message hides whom it is for (--hidden-recipient or --throw-keyids), so nobody can tell whether "
    "the vendor can open it. Encrypt without that option.",
    "newer": "This message names its readers in a form that Sluice cannot read yet (OpenPGP version 6). Encrypt it "
    "with GnuPG, as the script does.",
    "not_vendor": "This message is not encrypted to the vendor’s key, so the vendor could not open it. Compare the "
    "fingerprint, and encrypt again.",
    "stranger": "This message can also be opened with a key that Sluice does not know. Encrypt to the vendor’s key, "
    "and beside it at most to confirmed OpenPGP keys of yours.",
}


@dataclass(frozen=True, slots=True)
class EncryptedMessage:
    """An encrypted message as it is kept: armored anew, the SHA-256 of that, and the key IDs that can open it."""

    armored: str
    sha256: str
    key_ids: tuple[str, ...]


def examine(blob: bytes, *, vendor_key_id: str, own_key_ids: Collection[str] = ()) -> EncryptedMessage:
    """Return a message that is encrypted to the vendor's key, and to no others than `own_key_ids`.

    Key IDs are those of encryption subkeys, 16 upper-case hex digits. Raises MessageRefused; nothing of what was
    refused is in the exception.
    """
    if len(blob) > MAX_BYTES:
        raise MessageRefused("too_large")
    if not blob.strip():
        raise MessageRefused("empty")
    data = _binary(blob)
    try:
        found = tuple(packets(data))
        _check_packets(found)
        key_ids = recipients_of(data)
    except PacketError as error:
        raise MessageRefused("garbage") from error
    text = _armored(data)
    if code := _wrong_recipients(key_ids, vendor_key_id, own_key_ids):
        raise MessageRefused(code, text)
    return EncryptedMessage(text, hashlib.sha256(text.encode()).hexdigest(), key_ids)


def _binary(blob: bytes) -> bytes:
    text = blob.decode("utf-16" if blob[:2] in _UTF_16 else "utf-8", "replace").lstrip("\ufeff")
    # Before anything else, and wherever it stands beside the message: what is in the clear must be named as that.
    kinds, outside = _read(text)
    if _is_in_the_clear(outside):
        raise MessageRefused("clear")
    if not kinds and blob[:1] >= b"\x80" and blob[:2] not in _UTF_16:
        return blob
    for word, code in (("PRIVATE KEY", "private_key"), ("SIGN", "signed"), ("PUBLIC KEY", "public_key")):
        if any(word in kind for kind in kinds):
            raise MessageRefused(code)
    return _only_message(text)


def _read(text: str) -> tuple[list[str], str]:
    """Return the kinds of the armored blocks, and all lines but those that are base64 inside of one."""
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
    """Tell whether an access key's ID, or what looks like its secret, stands in the text."""
    mixed = (one for one in _FORTY.findall(text) if re.search("[a-z]", one) and re.search("[A-Z]", one))
    return bool(_KEY_ID.search(text)) or any(re.search("[0-9/+]", one) for one in mixed)


def _only_message(text: str) -> bytes:
    try:
        found = [block for block in blocks(text) if block.kind == "MESSAGE"]
    except ArmorError as error:
        raise MessageRefused("garbage") from error
    if len(found) != 1:
        raise MessageRefused("several" if found else "garbage")
    return found[0].data


_WRONG = (
    ({Tag.SECRET_KEY, Tag.SECRET_SUBKEY}, "private_key"),
    ({Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY}, "public_key"),
    ({3}, "password"),
    ({9}, "unprotected"),
    ({Tag.SIGNATURE, Tag.COMPRESSED, 4, 11}, "signed"),
)


def _check_packets(found: tuple[Packet, ...]) -> None:
    tags = [packet.tag for packet in found if packet.tag != Tag.MARKER]
    for wrong, code in _WRONG:
        if wrong.intersection(tags):
            raise MessageRefused(code)
    if any(packet.tag == Tag.PKESK and packet.body[:1] != b"\x03" for packet in found):
        raise MessageRefused("newer")
    sealed = [tag for tag in tags if tag in _SEALED]
    if len(sealed) > 1:
        raise MessageRefused("several")
    # Session keys first, then the data, and nothing after it.
    if not sealed or len(tags) < 2 or tags[-1] not in _SEALED or set(tags[:-1]) != {Tag.PKESK}:
        raise MessageRefused("garbage")
    if found[-1].body[:1] not in (b"\x01", b"\x02"):
        raise MessageRefused("garbage")


def _wrong_recipients(key_ids: tuple[str, ...], vendor_key_id: str, own: Collection[str]) -> str:
    if _HIDDEN in key_ids:
        return "hidden"
    if vendor_key_id not in key_ids:
        return "not_vendor"
    return "" if {vendor_key_id, *own}.issuperset(key_ids) else "stranger"


def _armored(data: bytes) -> str:
    body = base64.b64encode(data).decode()
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    end = base64.b64encode(checksum(data).to_bytes(3)).decode()
    return f"-----BEGIN PGP MESSAGE-----\n\n{lines}\n={end}\n-----END PGP MESSAGE-----\n"
