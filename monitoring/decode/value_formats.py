"""Decoders that read a value: JSON, text, CBOR, MessagePack. The value is in a tuple because it may be None."""

import io
import json
from collections.abc import Callable
from datetime import date, datetime

import cbor2
import msgpack

from monitoring.decode.budget import NotThisFormat
from portal.messages.message import Message

MAX_NESTING = 64
_PRINTABLE_CONTROLS = {"\t", "\n", "\r"}
# CBOR tags whose meaning costs time or memory to apply (big floats, shared references, patterns, MIME): ignored.
_IGNORED_TAGS = (4, 5, 25, 28, 29, 30, 35, 36, 256, 258, 260, 261)

Value = tuple[object]


def json_text(data: bytes) -> Value:
    """Read JSON (RFC 8259) in UTF-8; raises NotThisFormat, ValueError."""
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_reject_constant)
    except UnicodeDecodeError as error:
        raise NotThisFormat(Message("decode.not_utf8", position=error.start)) from error
    except json.JSONDecodeError as error:
        raise NotThisFormat(Message("decode.json_syntax", detail=error.msg, position=error.pos)) from error
    return (plain(value),)


def text(data: bytes) -> Value:
    """Read UTF-8 text without control characters; raises NotThisFormat."""
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotThisFormat(Message("decode.not_utf8", position=error.start)) from error
    if any(not (char.isprintable() or char in _PRINTABLE_CONTROLS) for char in found):
        raise NotThisFormat(Message("decode.control_characters"))
    return (found,)


def cbor(data: bytes) -> Value:
    """Read one CBOR object (RFC 8949), or a list of objects, that uses all the bytes; raises NotThisFormat."""
    stream = io.BytesIO(data)
    decoder = cbor2.CBORDecoder(
        stream, max_depth=MAX_NESTING, semantic_decoders=dict.fromkeys(_IGNORED_TAGS, _untagged)
    )
    try:
        value = decoder.decode()
    except cbor2.CBORError as error:
        raise NotThisFormat(Message("decode.library_error", detail=str(error))) from error
    if stream.tell() != len(data):
        raise NotThisFormat(Message("decode.trailing_bytes"))
    return (_structured(value),)


def messagepack(data: bytes) -> Value:
    """Read one MessagePack map, or a list of maps, that uses all the bytes; raises NotThisFormat, ValueError."""
    try:
        value = msgpack.unpackb(data, raw=False, strict_map_key=False)
    except msgpack.ExtraData as error:
        raise NotThisFormat(Message("decode.trailing_bytes")) from error
    return (_structured(value),)


def plain(value: object, depth: int = 0) -> object:
    """Return the value reduced to the types of JSON; raises NotThisFormat when it is nested too deep."""
    if depth > MAX_NESTING:
        raise NotThisFormat(Message("decode.nested_too_deep", level_count=MAX_NESTING))
    if isinstance(value, dict):
        return {_key(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, depth + 1) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _key(key: object) -> str:
    return key if isinstance(key, str) else str(_scalar(key))


def _structured(value: object) -> object:
    objects = value if isinstance(value, list) and value else [value]
    if not all(isinstance(item, dict) for item in objects):
        raise NotThisFormat(Message("decode.bare_value"))
    return plain(value)


def _untagged(value: object, _immutable: bool) -> object:
    return value


def _reject_constant(name: str) -> object:
    raise NotThisFormat(Message("decode.json_constant", name=name))


VALUE_FORMATS: tuple[tuple[str, Callable[[bytes], Value]], ...] = (
    ("text", text),
    ("CBOR", cbor),
    ("MessagePack", messagepack),
)
