"""Finds OpenPGP blocks in text as people paste it, where damage can be repaired with certainty.

GnuPG and Sequoia read more than RFC 9580 defines, and neither tells what it found. A checksum that is present has to be
right; a block without its last line is read only if it has one. Decision 36.
"""

import base64
import re
from dataclasses import dataclass

from portal.openpgp.armor import ArmorError, Block, checksum
from portal.openpgp.text_forms import inner_bytes, readings, text_of

# Only from the first of its dashes: from each of them, a long line of dashes would be read once for every one.
_MARK = re.compile(r"(?<!-)-+ *(BEGIN|END) +PGP +([A-Z]+(?: +[A-Z]+)*) *-+")
# What mail programs, chats, tables and lists put around a line. None of it is a base64 digit.
_AROUND = " \t>|:#*\u00bb\u2022\"'`,;"
_INITIALS = re.compile(r"^(?:[A-Za-z]{0,4}> ?)+")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:(?: .*)?")
_NOT_ENCODED = frozenset({"SIGNED MESSAGE"})
_LONG = re.compile(r"[A-Za-z0-9+/]{48,}")


class WrongChecksum(ArmorError):
    """A block has a checksum, and it is not that of the block's bytes."""


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    text: str
    is_whole: bool


def blocks_in(text: str) -> list[Block]:
    """Return the blocks of a text in order, each once; an empty list where there is none.

    Raises WrongChecksum or ArmorError where the plainest reading that has blocks has a damaged one.
    """
    refusal: ArmorError | None = None
    for reading in _all_readings(text):
        try:
            found = [Block(part.kind, _bytes_of(part)) for part in _parts(reading)]
        except ArmorError as error:
            # Where one reading gets as far as a checksum, that is the one that was meant.
            refusal = error if isinstance(error, WrongChecksum) or refusal is None else refusal
            continue
        if found:
            return list(dict.fromkeys(found))
    if refusal:
        raise refusal
    return []


def _all_readings(text: str) -> list[str]:
    inner = inner_bytes(text)
    return [*readings(text), *(readings(text_of(inner)) if inner else ())]


def _parts(text: str) -> list[_Part]:
    marks = list(_MARK.finditer(text))
    found: list[_Part] = []
    for number, mark in enumerate(marks):
        if mark[1] != "BEGIN" or mark[2] in _NOT_ENCODED:
            continue
        after = marks[number + 1] if number + 1 < len(marks) else None
        is_whole = after is not None and (after[1], after[2]) == ("END", mark[2])
        found.append(_Part(mark[2], text[mark.end() : after.start() if after else len(text)], is_whole))
    return found


def _bytes_of(part: _Part) -> bytes:
    joined = "".join("".join(line.split()) for line in _body([_bare(line) for line in part.text.split("\n")]))
    stated = None
    if joined[-5:-4] == "=":
        joined, stated = joined[:-5], joined[-4:]
    data = _decoded(joined + "=" * (-len(joined) % 4))
    if stated is not None and int.from_bytes(_decoded(stated)) != checksum(data):
        raise WrongChecksum("the checksum does not match")
    if not part.is_whole and stated is None:
        raise ArmorError("a block without its end")
    return data


def _bare(line: str) -> str:
    return _INITIALS.sub("", line.strip()).lstrip(_AROUND).rstrip(_AROUND.replace(":", ""))


def _body(lines: list[str]) -> list[str]:
    """Return the lines below the headers; a header may be wrapped, and stand on one line with the body."""
    if _HEADER.match(next(filter(None, lines), "")) and "" in lines[1:]:
        first = next(number for number, line in enumerate(lines) if line)
        blank = next((number for number in range(first, len(lines)) if not lines[number]), None)
        lines = lines[blank:] if blank is not None and any(lines[blank:]) else lines
    return [_without_headers(line) for line in lines]


def _without_headers(line: str) -> str:
    if not _HEADER.match(line):
        return line
    body = _LONG.search(line)
    return line[body.start() :] if body else ""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error among them; of characters beyond ASCII it is ValueError itself
        raise ArmorError("characters that are not base64") from error
