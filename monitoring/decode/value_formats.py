"""Decoders that read a value: JSON, text, CBOR, MessagePack. The value is in a tuple because it may be None."""

import io
import json
import math
from collections.abc import Callable
from datetime import date, datetime

import cbor2
import msgpack

from monitoring.decode.budget import MAX_DIGITS, MAX_NESTING, Budget, NotThisFormat, ValueTooLarge
from portal.messages.message import Message

_PRINTABLE_CONTROLS = str.maketrans("", "", "\t\n\r")
_MAX_BITS = int(MAX_DIGITS * math.log2(10))
# CBOR tags whose meaning costs time or memory to apply (big floats, shared references, patterns, MIME): ignored.
_IGNORED_TAGS = (4, 5, 25, 28, 29, 30, 35, 36, 256, 258, 260, 261)

Value = tuple[object]


def json_text(data: bytes, budget: Budget) -> Value:
    """Read JSON (RFC 8259) in UTF-8; raises NotThisFormat, BudgetExceeded, ValueError."""
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_reject_constant)
    except UnicodeDecodeError as error:
        raise NotThisFormat(Message("decode.not_utf8", position=error.start)) from error
    except json.JSONDecodeError as error:
        raise NotThisFormat(Message("decode.json_syntax", detail=error.msg, position=error.pos)) from error
    except RecursionError as error:
        raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_NESTING)) from error
    except ValueError as error:  # Python itself reads no number of more than 4,300 digits
        raise ValueTooLarge(Message("decode.number_too_long", digit_count=MAX_DIGITS)) from error
    return (plain(value, budget),)


def text(data: bytes, _budget: Budget) -> Value:
    """Read UTF-8 text without control characters; raises NotThisFormat."""
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotThisFormat(Message("decode.not_utf8", position=error.start)) from error
    if not found.translate(_PRINTABLE_CONTROLS).isprintable():
        raise NotThisFormat(Message("decode.control_characters"))
    return (found,)


def cbor(data: bytes, budget: Budget) -> Value:
    """Read one CBOR object (RFC 8949), or a list of objects, that uses all the bytes.

    Raises NotThisFormat, BudgetExceeded, and what the library raises.
    """
    stream = io.BytesIO(data)
    decoder = cbor2.CBORDecoder(
        stream, max_depth=MAX_NESTING, semantic_decoders=dict.fromkeys(_IGNORED_TAGS, _untagged)
    )
    try:
        value = decoder.decode()
    except cbor2.CBORError as error:
        if "nesting depth" in str(error):
            raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_NESTING)) from error
        raise NotThisFormat(Message("decode.library_error", detail=str(error))) from error
    if stream.tell() != len(data):
        raise NotThisFormat(Message("decode.trailing_bytes"))
    return (_structured(value, budget),)


def messagepack(data: bytes, budget: Budget) -> Value:
    """Read one MessagePack map, or a list of maps, that uses all the bytes.

    Raises NotThisFormat, BudgetExceeded, and what the library raises.
    """
    try:
        value = msgpack.unpackb(data, raw=False, strict_map_key=False)
    except msgpack.ExtraData as error:
        raise NotThisFormat(Message("decode.trailing_bytes")) from error
    except msgpack.StackError as error:
        raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_NESTING)) from error
    return (_structured(value, budget),)


def plain(value: object, budget: Budget, depth: int = 0) -> object:
    """Return the value reduced to the types of JSON.

    Raises ValueTooLarge when it is nested too deep or has a number with too many digits, BudgetExceeded.
    """
    budget.count_value()
    if value is None or isinstance(value, str | bool | float):
        return value
    if depth > MAX_NESTING:
        raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_NESTING))
    if isinstance(value, dict):
        return {_key(key): plain(item, budget, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, budget, depth + 1) for item in value]
    return _number(value) if isinstance(value, int) else _scalar(value)


def _number(value: int) -> int:
    if value.bit_length() > _MAX_BITS:  # writing a number in decimal takes time that grows with its square
        raise ValueTooLarge(Message("decode.number_too_long", digit_count=MAX_DIGITS))
    return value


def _scalar(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(_number(value)) if isinstance(value, int) else str(value)


def _key(key: object) -> str:
    return key if isinstance(key, str) else _scalar(key)


def _structured(value: object, budget: Budget) -> object:
    objects = value if isinstance(value, list) and value else [value]
    if not all(isinstance(item, dict) for item in objects):
        raise NotThisFormat(Message("decode.bare_value"))
    return plain(value, budget)


def _untagged(value: object, _immutable: bool) -> object:
    return value


def _reject_constant(name: str) -> object:
    raise NotThisFormat(Message("decode.json_constant", name=name))


VALUE_FORMATS: tuple[tuple[str, Callable[[bytes, Budget], Value]], ...] = (
    ("text", text),
    ("CBOR", cbor),
    ("MessagePack", messagepack),
)
