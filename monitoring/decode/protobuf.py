"""Protobuf's wire format, as far as it can be read without a schema: field numbers, wire types, bytes.

https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator

from monitoring.decode.budget import NotThisFormat
from portal.messages.message import Message

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (field number, value) of a message: int for varints, bytes for the rest; raises NotThisFormat."""
    for number, _, value in wire_fields(message):
        yield number, value


def wire_fields(message: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Yield (field number, wire type, value) of a message; raises NotThisFormat."""
    at, end = 0, len(message)
    while at < end:
        tag = message[at]
        if tag < 0x80:
            at += 1
        else:
            tag, at = varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if number == 0:
            raise NotThisFormat(Message("decode.protobuf_field_zero"))
        if wire_type == VARINT:
            value, at = varint(message, at)
            yield number, wire_type, value
            continue
        if wire_type == BYTES and at < end and message[at] < 0x80:  # most are short
            size, at = message[at], at + 1
        else:
            size, at = _size(message, at, wire_type)
        if at + size > end:
            raise NotThisFormat(Message("decode.protobuf_field_too_long"))
        yield number, wire_type, message[at : at + size]
        at += size


def varint(message: bytes, at: int) -> tuple[int, int]:
    """Return the number at a position, and the position behind it; raises NotThisFormat."""
    if at < len(message) and message[at] < 0x80:
        return message[at], at + 1
    value = 0
    for position in range(_LONGEST_VARINT):
        if at + position >= len(message):
            raise NotThisFormat(Message("decode.protobuf_truncated"))
        byte = message[at + position]
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:  # the high bit says that more follows
            return value, at + position + 1
    raise NotThisFormat(Message("decode.protobuf_number_too_long"))


def _size(message: bytes, at: int, wire_type: int) -> tuple[int, int]:
    if wire_type == BYTES:
        return varint(message, at)
    if wire_type in {FIXED64, FIXED32}:
        return (8 if wire_type == FIXED64 else 4), at
    raise NotThisFormat(Message("decode.protobuf_wire_type", wire_type=wire_type))
