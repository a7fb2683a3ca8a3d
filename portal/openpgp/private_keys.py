"""Recognises private keys in any disguise, before anything else happens to an upload.

A private key that was sent is compromised, and its owner must learn that. It is not enough to call it unreadable.
"""

import re
from collections.abc import Iterator

from portal.messages.message import Message
from portal.openpgp.secret_key import is_stub, secret_packets
from portal.openpgp.text_forms import base64_bytes, inner_bytes, is_text, readings, text_of

PRIVATE_KEY = Message("openpgp.private_key")
PRIVATE_STUB = Message("openpgp.private_stub")
_LABEL = r"(?:BEGIN|END) +[A-Z0-9 ]{0,30}PRIVATE +KEY"
# A label between dashes, or alone on its line without them; other tools' keys; the files of GnuPG's agent.
_MARKER = re.compile(
    rf"-- *{_LABEL}|^[^A-Z0-9\n]*{_LABEL}(?: +BLOCK)?[^A-Z0-9\n]*$"
    r"|AGE-SECRET-KEY-1|PuTTY-User-Key-File|\((?:11:|21:)?(?:protected-)?private-key[( 0-9]",
    re.IGNORECASE | re.MULTILINE,
)
_CARD = re.compile(r"\((?:20:)?shadowed-private-key")
# A line with one run of digits, and what follows; the first may stand at the end of a line with other text.
_LINE = r"[A-Za-z0-9+/=]{4,}[^A-Za-z0-9+/=\n]*(?:\n|\Z)"
_FIRST_LINE = rf"(?:^[^A-Za-z0-9+/=\n]*|(?<![A-Za-z0-9+/=])(?=[A-Za-z0-9+/]{{40}})){_LINE}"
_BASE64_LINES = re.compile(rf"{_FIRST_LINE}(?:^[^A-Za-z0-9+/=\n]*{_LINE})*", re.MULTILINE)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[\s:]{0,2}){40,}")
_DEPTH = 2
# Labels are found wherever they are; what is encoded is decoded up to here, the most that an upload may have.
_SEARCHED = 512 * 1024


def private_key_refusal(data: bytes) -> Message | None:
    """Return why an upload is refused if it is a private key: a compromised one, or a stub that holds no secret.

    The time is linear in the size of the upload.
    """
    return _refusal(data, _DEPTH)


def _refusal(data: bytes, depth: int) -> Message | None:
    if not is_text(data):
        return _of_packets(data[:_SEARCHED])
    text = text_of(data)
    for reading in readings(text):
        if found := _in_text(reading):
            return found
    inner = inner_bytes(text[:_SEARCHED]) if depth else None
    return _refusal(inner, depth - 1) if inner else None


def _in_text(text: str) -> Message | None:
    found = [refusal for data in _encoded(text[:_SEARCHED]) if (refusal := _of_packets(data))]
    if PRIVATE_KEY in found:
        return PRIVATE_KEY
    if found or _CARD.search(text):
        return PRIVATE_STUB
    return PRIVATE_KEY if _MARKER.search(text) else None


def _of_packets(data: bytes) -> Message | None:
    secrets = [is_stub(packet.body) for packet in secret_packets(data)]
    if not secrets:
        return None
    return PRIVATE_STUB if all(secrets) else PRIVATE_KEY


def _encoded(text: str) -> Iterator[bytes]:
    for match in _BASE64_LINES.finditer(text):
        yield base64_bytes(match[0])
    for match in _HEX.finditer(text):
        digits = re.sub(r"[^0-9A-Fa-f]", "", match[0])
        yield bytes.fromhex(digits[: len(digits) // 2 * 2])
