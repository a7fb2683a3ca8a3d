"""The rungs that end the ladder: bytes in, a value out, wrapped in a tuple because the value may be None."""

import io
import json
from collections.abc import Callable
from datetime import date, datetime

import cbor2
import msgpack

from monitoring.decode.budget import NotThis

MOST_NESTING = 64
_PRINTABLE_CONTROLS = {"\t", "\n", "\r"}
# CBOR tags whose usual meaning costs time or memory (big floats, shared references, patterns, MIME): read as written.
_PLAIN_TAGS = (4, 5, 25, 28, 29, 30, 35, 36, 256, 258, 260, 261)

Read = tuple[object]


def json_text(data: bytes) -> Read:
    """Read JSON (RFC 8259) in UTF-8; raise NotThis or ValueError."""
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise NotThis("it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotThis(f"{error.msg.lower()} at character {error.pos}") from error
    return (plain(value),)


def text(data: bytes) -> Read:
    """Read UTF-8 text without control characters; raise NotThis."""
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotThis(f"byte {error.start} is not UTF-8") from error
    if any(not (char.isprintable() or char in _PRINTABLE_CONTROLS) for char in found):
        raise NotThis("it holds control characters")
    return (found,)


def cbor(data: bytes) -> Read:
    """Read one CBOR object (RFC 8949), or a list of objects, that takes up all the bytes; raise NotThis."""
    stream = io.BytesIO(data)
    decoder = cbor2.CBORDecoder(
        stream, max_depth=MOST_NESTING, semantic_decoders=dict.fromkeys(_PLAIN_TAGS, _as_written)
    )
    try:
        value = decoder.decode()
    except cbor2.CBORError as error:
        raise NotThis(str(error)) from error
    if stream.tell() != len(data):
        raise NotThis("bytes are left over")
    return (_structured(value),)


def messagepack(data: bytes) -> Read:
    """Read one MessagePack map, or a list of maps, that takes up all the bytes; raise NotThis or ValueError."""
    try:
        value = msgpack.unpackb(data, raw=False, strict_map_key=False)
    except msgpack.ExtraData as error:
        raise NotThis("bytes are left over") from error
    return (_structured(value),)


def plain(value: object, depth: int = 0) -> object:
    """Return the value with nothing in it but what JSON knows; raise NotThis when it is nested too deeply."""
    if depth > MOST_NESTING:
        raise NotThis(f"it is nested deeper than {MOST_NESTING} levels")
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
        raise NotThis("it would read as a bare value, as almost any bytes do")
    return plain(value)


def _as_written(value: object, _immutable: bool) -> object:
    return value


def _refuse_constant(name: str) -> object:
    raise NotThis(f"{name} is not JSON")


READINGS: tuple[tuple[str, Callable[[bytes], Read]], ...] = (
    ("text", text),
    ("CBOR", cbor),
    ("MessagePack", messagepack),
)
