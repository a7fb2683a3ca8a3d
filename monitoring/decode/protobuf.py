"""Protobuf's wire format, as far as a KPL aggregate needs it.

https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator

from monitoring.decode.budget import NotThisFormat
from portal.messages.message import Message

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (field number, value) of a message: int for varints, bytes for the rest; raises NotThisFormat."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if number == 0:
            raise NotThisFormat(Message("decode.protobuf_field_zero"))
        if wire_type == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        size, at = _size(message, at, wire_type)
        if at + size > len(message):
            raise NotThisFormat(Message("decode.protobuf_field_too_long"))
        yield number, message[at : at + size]
        at += size


def _size(message: bytes, at: int, wire_type: int) -> tuple[int, int]:
    if wire_type == _BYTES:
        return _varint(message, at)
    if wire_type in {_FIXED64, _FIXED32}:
        return (8 if wire_type == _FIXED64 else 4), at
    raise NotThisFormat(Message("decode.protobuf_wire_type", wire_type=wire_type))


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for position in range(_LONGEST_VARINT):
        if at + position >= len(message):
            raise NotThisFormat(Message("decode.protobuf_truncated"))
        byte = message[at + position]
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:  # the high bit says that more follows
            return value, at + position + 1
    raise NotThisFormat(Message("decode.protobuf_number_too_long"))
