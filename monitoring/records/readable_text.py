"""Text and bytes for reading: JSON on lines of its own with every character as it was sent, and bytes in hex. Pure."""

import re
from collections.abc import Iterator

MOST_CHARACTERS = 64 * 1024
_MOST_WRITTEN = 256 * 1024  # deep nesting needs much indentation
_DEEPEST = 24  # deeper levels stay on one line
_INDENT = "  "
_BYTES_A_LINE = 16
# A string to its end or to the end of what there is; a bracket, comma or colon; a number or word; white space.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[][{},:]|[ \t\r\n]+|[^][{},:" \t\r\n]+', re.DOTALL)


def readable(text: str) -> str:
    """Return JSON, of which the end may be missing, with a line for each field and item; no token is changed.

    What is longer than 256 KiB with its indentation ends there.
    """
    written: list[str] = []
    size = 0
    for piece in _pieces(text):
        size += len(piece)
        if size > _MOST_WRITTEN:
            break
        written.append(piece)
    return "".join(written)


def hex_dump(data: bytes) -> str:
    """Return bytes as lines of offset, 16 bytes in hex, and what of them is printable ASCII."""
    return "\n".join(
        f"{at:08x}  {data[at : at + 8].hex(' '):23}  {data[at + 8 : at + _BYTES_A_LINE].hex(' '):23}  "
        f"{_ascii(data[at : at + _BYTES_A_LINE])}"
        for at in range(0, len(data), _BYTES_A_LINE)
    )


def _pieces(text: str) -> Iterator[str]:
    depth, after = 0, ""
    for match in _TOKENS.finditer(text):
        token = match.group()
        if token.isspace():
            continue
        is_closing = token in {"]", "}"}
        depth -= is_closing
        if is_closing and after not in {"[", "{"} and depth < _DEEPEST:
            yield _line(depth)
        elif not is_closing and after in {"[", "{"}:
            if depth <= _DEEPEST:
                yield _line(depth)
        elif after == ",":
            yield _line(depth) if depth <= _DEEPEST else " "
        elif after == ":":
            yield " "
        yield token
        depth += token in {"[", "{"}
        after = token


def _line(depth: int) -> str:
    return "\n" + _INDENT * max(0, depth)


def _ascii(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
