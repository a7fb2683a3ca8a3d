"""Reads ASCII armor, the text form of OpenPGP data (RFC 9580, section 6), out of mails and pasted text.

PySequoia writes armor and parses certificates, but returns neither the kinds of the blocks in a text nor their bytes;
decision 18.
"""

import base64
import re
from dataclasses import dataclass

# Mail and chat programs indent lines, or quote them with "> ".
_AROUND = " \t\r>"
_MARK = re.compile(r"-----(BEGIN|END) PGP ([A-Z ]+)-----")
_HEADER = re.compile(r"^[A-Za-z]+: .*$|^(Comment|Version|Hash|Charset|MessageID):$")


class ArmorError(ValueError):
    """The text has no armor, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Block:
    """An armored block: its kind in capitals ("PUBLIC KEY BLOCK") and its bytes."""

    kind: str
    data: bytes


def blocks(text: str) -> list[Block]:
    """Return every armored block of `text`, in order. Raises ArmorError if one of them is damaged."""
    found: list[Block] = []
    kind, inside = "", list[str]()
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        mark = _MARK.fullmatch(line.strip(_AROUND))
        if mark and mark[1] == "BEGIN":
            kind, inside = mark[2], []
        elif mark and mark[2] == kind:
            found.append(Block(kind, _inside(inside)))
            kind = ""
        else:
            inside.append(line.strip(_AROUND))
    return found


def dearmor(text: str) -> Block:
    """Return the one armored block of `text`. Raises ArmorError if there is none, more than one, or a damaged one."""
    found = blocks(text)
    if len(found) != 1:
        raise ArmorError(f"{len(found)} armored blocks instead of one")
    return found[0]


def checksum(data: bytes) -> int:
    """Return the CRC-24 of `data` (RFC 9580, 6.1.1)."""
    crc = 0xB704CE
    for octet in data:
        crc ^= octet << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc


def _inside(lines: list[str]) -> bytes:
    body = [line for line in lines if line and not _HEADER.match(line)]
    stated = body.pop()[1:] if body and body[-1].startswith("=") and len(body[-1]) == 5 else None
    data = _decoded("".join(body))
    if stated is not None and int.from_bytes(_decoded(stated)) != checksum(data):
        raise ArmorError("the checksum does not match")
    return data


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error among them; of characters beyond ASCII it is ValueError itself
        raise ArmorError("characters that are not base64") from error
