"""Bytes as characters: which are text, in which character set, and which marks must be made visible.

Judged by Unicode's categories: a no-break space, a soft hyphen and the joiner inside an emoji are text. Controls and
marks that change the direction of writing are text too, in small numbers, and are shown by name instead of acting.
https://www.unicode.org/reports/tr9/ https://www.unicode.org/reports/tr36/
"""

import re
import unicodedata

from monitoring.decode.budget import Budget, NotThisFormat
from monitoring.decode.content import Content, Detail
from portal.messages.message import Message

_LINE_MARKS = frozenset("\t\n\r")
# Controls, marks of direction, line and paragraph separators, annotations, and the tags in which text can be hidden.
_MARKS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb"
    "\U000e0001\U000e0020-\U000e007f]"
)
_MOST_CONTROLS = 0.25
_LEAST_ASCII = 0.75
_UTF8_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32-be", "UTF-32"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
_PROBE = 64
_LATIN_TEXT = bytes([*range(0x20, 0x7F), 9, 10, 13])


def printable(text: str) -> str:
    """Return the text without halves of surrogate pairs, which JSON may contain and UTF-8 may not."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def visible(text: str) -> str:
    """Return the text with controls and marks of direction made visible: `␛` for escape, `⟨U+202E⟩` for a mark."""
    return text if text.isascii() and text.isprintable() else _MARKS.sub(_shown, text)


def safe_text(text: str) -> str:
    """Return the text as a page can send it: without halves of surrogate pairs, and with marks made visible."""
    return visible(printable(text))


def controls_in(text: str) -> int:
    """Return how many characters of the text are controls (category Cc), line breaks and tabs excepted."""
    if text.isascii() and text.isprintable():
        return 0
    unusual = (character for character in set(text) if not character.isprintable() and character not in _LINE_MARKS)
    return sum(text.count(character) for character in unusual if _is_control(character))


def utf8(data: bytes) -> str:
    """Return the text in UTF-8; raises NotThisFormat."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotThisFormat(Message("decode.not_utf8", position=error.start)) from error


def plain_text(data: bytes) -> str:
    """Return UTF-8 text without controls; raises NotThisFormat."""
    text = utf8(data)
    if controls_in(text):
        raise NotThisFormat(Message("decode.control_characters"))
    return text


def text_with_controls(data: bytes) -> tuple[str, int]:
    """Return UTF-8 text that has some controls, and how many; raises NotThisFormat when they are a quarter of it."""
    text = utf8(data)
    count = controls_in(text)
    if count > _MOST_CONTROLS * len(text):
        raise NotThisFormat(Message("decode.control_characters"))
    return text, count


def marked(data: bytes, _budget: Budget) -> list[Content]:
    """Return what follows a UTF-8 byte order mark, or stands before NUL bytes at the end; raises NotThisFormat."""
    if data.startswith(_UTF8_MARK):
        return [Content(data[len(_UTF8_MARK) :], details=(Detail(Message("record.byte_order_mark")),))]
    rest = data.rstrip(b"\0")
    if len(rest) == len(data) or not rest:
        raise NotThisFormat(Message("decode.no_mark"))
    plain_text(rest)
    return [Content(rest, details=(Detail(Message("record.trailing_nul", byte_count=len(data) - len(rest))),))]


def wide(data: bytes, budget: Budget) -> tuple[str, Content]:
    """Return the name UTF-16 or UTF-32, with the text in UTF-8; raises NotThisFormat, BudgetExceeded."""
    for mark, codec, name in _WIDE_MARKS:
        if data.startswith(mark) and (text := _decoded(data[len(mark) :], codec)) is not None:
            return name, _content(text, budget)
    start = data[:_PROBE]
    for codec, zeros, others in (("utf-16-le", start[1::2], start[::2]), ("utf-16-be", start[::2], start[1::2])):
        is_ascii = len(data) >= 4 and others.count(0) == 0 and zeros.count(0) >= _LEAST_ASCII * len(zeros)
        if is_ascii and (text := _decoded(data, codec)) is not None and not controls_in(text):
            return "UTF-16", _content(text, budget)
    raise NotThisFormat(Message("decode.no_utf16"))


def latin(data: bytes, budget: Budget) -> tuple[str, Content]:
    """Return the name Latin-1 or Windows-1252, with the text in UTF-8; raises NotThisFormat, BudgetExceeded.

    Any bytes are valid Latin-1, so three quarters must be printable ASCII, and no controls may be among them.
    """
    others = data.translate(None, _LATIN_TEXT)
    if len(others) > (1 - _LEAST_ASCII) * len(data) or any(byte < 0x80 for byte in set(others)):
        raise NotThisFormat(Message("decode.not_latin"))
    is_windows = any(byte < 0xA0 for byte in set(others))
    text = _decoded(data, "cp1252" if is_windows else "latin-1")
    if text is None or controls_in(text):
        raise NotThisFormat(Message("decode.not_latin"))
    return ("Windows-1252" if is_windows else "Latin-1"), _content(text, budget)


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _content(text: str, budget: Budget) -> Content:
    content = text.encode()
    budget.spend(len(content))
    return Content(content)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or ord(character) & 0xFFFE == 0xFFFE


def _shown(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"
