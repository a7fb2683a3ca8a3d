"""Decoders that read binary values: CBOR and MessagePack. What they read is reduced to the types of JSON."""

import io
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime

import cbor2
import msgpack

from monitoring.decode.budget import MAX_DIGITS, MAX_NESTING, Budget, NotThisFormat, ValueTooLarge
from monitoring.decode.content import Content, Value
from portal.messages.message import Message

_MAX_BITS = int(MAX_DIGITS * math.log2(10))
_SAYS_CBOR = b"\xd9\xd9\xf7"
_LEAST_LIST_BYTES = 8  # shorter lists of numbers are found in almost any bytes
# CBOR tags whose meaning costs time or memory to apply (big floats, shared references, patterns, MIME): ignored.
_IGNORED_TAGS = (4, 5, 25, 28, 29, 30, 35, 36, 256, 258, 260, 261)


def _untagged(value: object, _immutable: bool) -> object:
    return value


_IGNORED = dict.fromkeys(_IGNORED_TAGS, _untagged)


def cbor(data: bytes, budget: Budget) -> Value:
    """Read one CBOR object or list (RFC 8949) that uses all the bytes.

    Raises NotThisFormat, BudgetExceeded, and what the library raises.
    """
    stream = io.BytesIO(data)
    stream.seek(len(_SAYS_CBOR) if data.startswith(_SAYS_CBOR) else 0)
    value = _cbor_item(stream)
    if stream.tell() != len(data):
        raise NotThisFormat(Message("decode.trailing_bytes"))
    return Value(_structured(value, len(data), budget))


def cbor_sequence(data: bytes, budget: Budget) -> list[Content]:
    """Open CBOR objects that follow each other (RFC 8742); raises NotThisFormat, BudgetExceeded."""
    stream = io.BytesIO(data)

    def items() -> Iterator[tuple[object, int]]:
        while stream.tell() < len(data):
            yield _cbor_item(stream), stream.tell()

    return _sequence(data, items(), budget)


def messagepack(data: bytes, budget: Budget) -> Value:
    """Read one MessagePack map or list that uses all the bytes.

    Raises NotThisFormat, BudgetExceeded, and what the library raises.
    """
    try:
        value = msgpack.unpackb(data, raw=False, strict_map_key=False)
    except msgpack.ExtraData as error:
        raise NotThisFormat(Message("decode.trailing_bytes")) from error
    except msgpack.StackError as error:
        raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_NESTING)) from error
    return Value(_structured(value, len(data), budget))


def messagepack_sequence(data: bytes, budget: Budget) -> list[Content]:
    """Open MessagePack maps that follow each other; raises NotThisFormat, BudgetExceeded."""
    unpacker = msgpack.Unpacker(io.BytesIO(data), raw=False, strict_map_key=False, max_buffer_size=len(data) + 1)

    def items() -> Iterator[tuple[object, int]]:
        while unpacker.tell() < len(data):
            yield unpacker.unpack(), unpacker.tell()

    return _sequence(data, items(), budget)


def plain(value: object, budget: Budget, depth: int = 0) -> object:
    """Return the value reduced to the types of JSON.

    Raises ValueTooLarge when it is nested too deep or has a number with too many digits, BudgetExceeded.
    """
    budget.count_value()
    while isinstance(value, cbor2.CBORTag):
        value = value.value
    if value is None or isinstance(value, str | bool):
        return value
    if depth > MAX_NESTING:
        raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_NESTING))
    if isinstance(value, dict | cbor2.frozendict):
        return {_key(key): plain(item, budget, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, budget, depth + 1) for item in value]
    return _number(value) if isinstance(value, int) else _scalar(value)


def _cbor_item(stream: io.BytesIO) -> object:
    decoder = cbor2.CBORDecoder(stream, max_depth=MAX_NESTING, semantic_decoders=_IGNORED)
    try:
        return decoder.decode()
    except cbor2.CBORError as error:
        if "nesting depth" in str(error):
            raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_NESTING)) from error
        raise


def _sequence(data: bytes, items: Iterator[tuple[object, int]], budget: Budget) -> list[Content]:
    parts: list[bytes] = []
    at = 0
    for item, end in items:
        if not isinstance(item, dict):
            raise NotThisFormat(Message("decode.bare_value"))
        budget.count_value()
        parts.append(data[at:end])
        at = end
    if len(parts) < 2:
        raise NotThisFormat(Message("decode.bare_value"))
    taken = parts[: budget.take_records(len(parts))]
    total = f"{len(parts):,}"
    return [Content(part, position=(f"{number} of {total}",)) for number, part in enumerate(taken, start=1)]


def _number(value: int) -> int:
    if value.bit_length() > _MAX_BITS:  # writing a number in decimal takes time that grows with its square
        raise ValueTooLarge(Message("decode.number_too_long", digit_count=MAX_DIGITS))
    return value


def _scalar(value: object) -> object:
    if isinstance(value, float):  # JSON has no infinity: it is shown by name
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    return str(_number(key)) if isinstance(key, int) else str(_scalar(key))


def _structured(value: object, size: int, budget: Budget) -> object:
    objects = value if isinstance(value, list) and value else [value]
    is_list = isinstance(value, list) and len(value) > 1 and size >= _LEAST_LIST_BYTES
    if not is_list and not all(isinstance(item, dict) for item in objects):
        raise NotThisFormat(Message("decode.bare_value"))
    return plain(value, budget)


VALUE_FORMATS: tuple[tuple[str, Callable[[bytes, Budget], Value]], ...] = (
    ("CBOR", cbor),
    ("MessagePack", messagepack),
)
