"""A reader of protobuf's wire format, as much as a KPL aggregate needs.

https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator

from monitoring.decode.budget import NotThis

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (field number, value) of a message: int for varints, bytes for the rest; raise NotThis when malformed."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if number == 0:
            raise NotThis("a protobuf field has number 0")
        if wire_type == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        size, at = _size(message, at, wire_type)
        if at + size > len(message):
            raise NotThis("a protobuf field is longer than the message")
        yield number, message[at : at + size]
        at += size


def _size(message: bytes, at: int, wire_type: int) -> tuple[int, int]:
    if wire_type == _BYTES:
        return _varint(message, at)
    if wire_type in {_FIXED64, _FIXED32}:
        return (8 if wire_type == _FIXED64 else 4), at
    raise NotThis(f"protobuf wire type {wire_type} is not in use")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for position in range(_LONGEST_VARINT):
        if at + position >= len(message):
            raise NotThis("the protobuf message ends in the middle of a number")
        byte = message[at + position]
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:  # the high bit says that more follows
            return value, at + position + 1
    raise NotThis("a protobuf number is longer than 64 bits")
