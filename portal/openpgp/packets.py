"""Reads OpenPGP's outermost packets, to check a certificate before GnuPG sees it, and a message afterwards.

It never decompresses, decrypts or verifies, so its cost is linear in its input (RFC 9580, sections 4 and 5). Decision
20 says why no library does this.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from portal.openpgp.armor import dearmor

MAX_PACKETS = 2_000


class PacketError(ValueError):
    """The bytes are not a sequence of OpenPGP packets."""


class Tag(IntEnum):
    """The packet types that Sluice knows."""

    PKESK = 1
    SIGNATURE = 2
    SECRET_KEY = 5
    PUBLIC_KEY = 6
    SECRET_SUBKEY = 7
    COMPRESSED = 8
    MARKER = 10
    TRUST = 12
    USER_ID = 13
    PUBLIC_SUBKEY = 14
    OLD_COMMENT = 16
    USER_ATTRIBUTE = 17
    SEIPD = 18
    AEAD = 20
    PADDING = 21


# Only packets with a message's data may come in parts (RFC 9580, 4.2.1.4).
_MAY_BE_PARTIAL = frozenset({8, 9, 11, 18, 20})


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet: its type, its body, and its raw bytes with the header."""

    tag: int
    body: bytes
    raw: bytes


def packets(data: bytes, *, most: int = MAX_PACKETS) -> Iterator[Packet]:
    """Yield the packets of binary `data` in order.

    Raises PacketError where a header is wrong, a body is cut short, or there are more than `most` packets.
    """
    position = 0
    for _ in range(most):
        if position == len(data):
            return
        packet = packet_at(data, position)
        yield packet
        position += len(packet.raw)
    if position != len(data):
        raise PacketError("more packets than a certificate or message can have")


def packet_at(data: bytes, position: int) -> Packet:
    """Return the packet that begins at a position. Raises PacketError where none does, or it is cut short."""
    tag, body, end = _packet(data, position)
    return Packet(tag, body, data[position:end])


def recipients_of(message: bytes | str) -> tuple[str, ...]:
    """Return the key IDs (16 upper-case hex digits) to which an armored or binary message is encrypted, in order.

    A hidden recipient reads as sixteen zeros. Raises PacketError for what is not an OpenPGP message, and ArmorError for
    text without one armored block.
    """
    return tuple(_recipient(packet.body) for packet in packets(as_binary(message)) if packet.tag == Tag.PKESK)


def as_binary(blob: bytes | str) -> bytes:
    """Return `blob` without its ASCII armor, if it has one. Raises ArmorError for a damaged armor."""
    if isinstance(blob, str):
        return dearmor(blob).data
    return blob if is_binary(blob) else dearmor(blob.decode("utf-8", "replace")).data


def is_binary(blob: bytes) -> bool:
    """Return whether `blob` begins with a packet: not with a letter beyond ASCII of a text that holds an armor."""
    return blob[:1] >= b"\x80" and b"-----BEGIN PGP " not in blob


def _recipient(body: bytes) -> str:
    if len(body) < 10 or body[0] != 3:
        raise PacketError("a session key packet of a version other than 3")
    return body[1:9].hex().upper()


def _packet(data: bytes, start: int) -> tuple[int, bytes, int]:
    header = data[start]
    if not header & 0x80:
        raise PacketError("no packet header where one is expected")
    if header & 0x40:
        return _new_format(data, start, header & 0x3F)
    return _old_format(data, start, (header >> 2) & 0x0F, header & 3)


def _old_format(data: bytes, start: int, tag: int, length_type: int) -> tuple[int, bytes, int]:
    if length_type == 3:
        if tag not in _MAY_BE_PARTIAL:
            raise PacketError("a packet without a length")
        return tag, data[start + 1 :], len(data)
    size = 1 << length_type
    begin = start + 1 + size
    return tag, *_body(data, begin, int.from_bytes(data[start + 1 : begin]))


def _new_format(data: bytes, start: int, tag: int) -> tuple[int, bytes, int]:
    pieces: list[bytes] = []
    position = start + 1
    while True:
        length, begin, partial = _new_length(data, position)
        if partial and tag not in _MAY_BE_PARTIAL:
            raise PacketError("a packet in parts that must be whole")
        piece, position = _body(data, begin, length)
        pieces.append(piece)
        if not partial:
            return tag, b"".join(pieces), position


def _new_length(data: bytes, position: int) -> tuple[int, int, bool]:
    octets = data[position : position + 5]
    first = octets[0] if octets else 0
    if first < 192:
        return first, position + 1, False
    if first < 224:
        return ((first - 192) << 8) + int.from_bytes(octets[1:2]) + 192, position + 2, False
    if first == 255:
        return int.from_bytes(octets[1:5]), position + 5, False
    return 1 << (first & 0x1F), position + 1, True


def _body(data: bytes, begin: int, length: int) -> tuple[bytes, int]:
    end = begin + length
    if end > len(data):
        raise PacketError("a packet that is cut short")
    return data[begin:end], end
