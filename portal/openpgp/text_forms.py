"""The ways in which a key arrives as text: encodings, and what mail, chat and web programs do to text on its way.

Nothing here is certain on its own. A reading counts only if an armored block is found in it (`pasted_text.py`).
"""

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from urllib.parse import unquote

_MARKS = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"))
_BYTE_ORDER_MARKS = (*_MARKS, (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_FOLDED = str.maketrans(_DASHES + _SPACES, "-" * len(_DASHES) + " " * len(_SPACES), _INVISIBLE)
_HEX = re.compile(r"(?:0x)?[0-9A-Fa-f\s:]{64,}")
# Nothing after it may match what it matches: white space in two places would be tried in every division of it.
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{40,}=*")
_SMALLEST = 40


def is_text(data: bytes) -> bool:
    """Return whether bytes are text and not packets, the first of which begins with an octet beyond ASCII."""
    if data[:1] < b"\x80" or b"BEGIN PGP " in data or data.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS)):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def text_of(data: bytes) -> str:
    """Return bytes as text: by their byte order mark, as UTF-16 where every other byte is zero, else as UTF-8."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), _without_mark(data))
    return data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")


def _without_mark(data: bytes) -> str:
    beginning = data[:200]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        every_other = beginning[start::2]
        if len(every_other) >= 10 and every_other.count(0) > len(every_other) * 0.9:
            return encoding
    return "utf-8"


def folded(text: str) -> str:
    """Return text with one kind of dash and space, and without characters that cannot be seen."""
    return text.translate(_FOLDED)


def readings(text: str) -> Iterator[str]:
    """Yield the text as it is, then as it was before a program escaped or wrapped it; each differs from the text."""
    plain = folded(text)
    yield plain
    for undone in (_json, html.unescape, _quoted_printable, unquote, _markdown):
        other = folded(undone(plain))
        if other != plain:
            yield other


def inner_bytes(text: str) -> bytes | None:
    """Return what a text consists of if all of it is hexadecimal or base64 digits, else None."""
    bare = "".join(text.split())
    if len(bare) < _SMALLEST:
        return None
    try:
        if _HEX.fullmatch(text.strip()):
            return bytes.fromhex(bare.removeprefix("0x").replace(":", ""))
        if _BASE64.fullmatch(text.rstrip()):
            return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None
    return None


def printable(text: str) -> str:
    """Return text without characters that cannot be printed: some reverse the writing direction and disguise a name."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def base64_bytes(text: str) -> bytes:
    """Return what the base64 digits of a text stand for, without its other characters and the checksum of an armor."""
    digits = re.sub(r"[^A-Za-z0-9+/]", "", re.sub(r"=[A-Za-z0-9+/]{4}\s*\Z", "", text))
    whole, rest = digits[: len(digits) // 4 * 4], digits[len(digits) // 4 * 4 :]
    return base64.b64decode(whole + (rest.ljust(4, "=") if len(rest) > 1 else ""))


def _json(text: str) -> str:
    for written, meant in (("\\r", ""), ("\\n", "\n"), ("\\/", "/"), ("\\u003d", "="), ("\\u002b", "+")):
        text = text.replace(written, meant)
    return text


def _quoted_printable(text: str) -> str:
    return quopri.decodestring(text.encode()).decode("utf-8", "replace") if "=" in text else text


def _markdown(text: str) -> str:
    return re.sub(r"\\(?=[^A-Za-z0-9\s])", "", text)
