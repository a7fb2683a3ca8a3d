"""Avro: a message whose schema is known, and files of Avro objects, which bring their schema.

https://avro.apache.org/docs/1.12.0/specification/#object-container-files
"""

import io
import zlib
from functools import lru_cache
from typing import Any

import orjson

from monitoring.decode.block_compressions import snappy_block, zstd
from monitoring.decode.budget import Budget, NotThisFormat
from monitoring.decode.compressions import bzip2, inflated, xz
from monitoring.decode.content import Value
from monitoring.decode.value_formats import plain
from portal.messages.message import Message

_START = b"Obj\x01"
_INNER = "value"
_SYNC = 16
_MOST_METADATA = 100
_CHECKSUM = 4


def avro_message(data: bytes, schema: str, budget: Budget) -> Value:
    """Read one message by its schema, as a registry has it.

    Raises NotThisFormat, BudgetExceeded, and what the library raises.
    """
    from fastavro import schemaless_reader  # most decoders never read Avro, and it takes memory

    stream = io.BytesIO(data)
    parsed, is_wrapped = _registered(schema)
    value: Any = schemaless_reader(stream, parsed, None)
    if stream.tell() != len(data):
        raise NotThisFormat(Message("decode.trailing_bytes"))
    return Value(plain(value[_INNER] if is_wrapped else value, budget))


def avro_file(data: bytes, budget: Budget) -> list[Value]:
    """Read an object container file; raises NotThisFormat, BudgetExceeded, and what the library raises."""
    if not data.startswith(_START):
        raise NotThisFormat(Message("decode.wrong_start", expected=_START.hex(" ").upper()))
    from fastavro import schemaless_reader

    stream = io.BytesIO(data)
    stream.seek(len(_START))
    metadata = _metadata(stream)
    schema = _parsed(metadata.get("avro.schema", b"").decode("utf-8", "replace"))
    codec = metadata.get("avro.codec", b"null").decode("utf-8", "replace")
    sync = _read(stream, _SYNC)
    found: list[Value] = []
    while stream.tell() < len(data):
        count, size = _long(stream), _long(stream)
        block = io.BytesIO(_unpacked(_read(stream, size), codec, budget))
        wanted = range(budget.take_records(max(0, count)))
        found += [Value(plain(schemaless_reader(block, schema, None), budget)) for _ in wanted]
        if _read(stream, _SYNC) != sync:
            raise NotThisFormat(Message("decode.avro_sync"))
    return found


@lru_cache(maxsize=8)
def _registered(schema: str) -> tuple[Any, bool]:
    """Return a schema of a registry, parsed, and whether it is wrapped: as the only field of a record.

    With references (`monitoring.schemas.confluent`) it is: a union has no place for the types that it refers to, and
    the bytes of a record are those of its fields.
    """
    named: dict[str, Any] = {}
    try:
        found = orjson.loads(schema)
        if not isinstance(found, dict) or "references" not in found or "type" in found:
            return _parsed(schema), False
        for reference in found["references"]:
            _parsed(reference, named)
        inner = {"name": _INNER, "type": orjson.loads(found["schema"])}
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise NotThisFormat(Message("decode.avro_schema")) from error
    return _parsed(orjson.dumps({"type": "record", "name": "sluice.Wrapper", "fields": [inner]}), named), True


def _parsed(schema: str | bytes, named: dict[str, Any] | None = None) -> Any:
    from fastavro.schema import SchemaParseException, UnknownType, parse_schema

    try:
        return parse_schema(orjson.loads(schema), named_schemas=named)
    except (orjson.JSONDecodeError, SchemaParseException, UnknownType) as error:  # its message has names of the schema
        raise NotThisFormat(Message("decode.avro_schema")) from error


def _unpacked(block: bytes, codec: str, budget: Budget) -> bytes:
    if codec == "null":
        return block
    if codec == "snappy":  # the checksum of the content follows it
        content = snappy_block(block[:-_CHECKSUM], budget)[0].data
        if zlib.crc32(content).to_bytes(_CHECKSUM, "big") != block[-_CHECKSUM:]:
            raise NotThisFormat(Message("decode.checksum_of_block"))
        return content
    if codec == "deflate":  # fastavro leaves a part of zlib's checksum behind it
        return inflated(block, budget, -15)
    unpack = {"bzip2": bzip2, "xz": xz, "zstandard": zstd}.get(codec)
    if unpack is None:
        raise NotThisFormat(Message("decode.avro_codec"))
    return unpack(block, budget)[0].data


def _metadata(stream: io.BytesIO) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    while count := _long(stream):
        if count < 0:  # a negative count is followed by the size of the block
            count, _ = -count, _long(stream)
        if count > _MOST_METADATA:
            raise NotThisFormat(Message("decode.truncated"))
        for _ in range(count):
            name = _read(stream, _long(stream)).decode("utf-8", "replace")
            found[name] = _read(stream, _long(stream))
        if len(found) > _MOST_METADATA:
            raise NotThisFormat(Message("decode.truncated"))
    return found


def _long(stream: io.BytesIO) -> int:
    value, shift = 0, 0
    while shift < 70:
        byte = _read(stream, 1)[0]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1)
        shift += 7
    raise NotThisFormat(Message("decode.protobuf_number_too_long"))


def _read(stream: io.BytesIO, size: int) -> bytes:
    part = stream.read(size) if size >= 0 else b""
    if size < 0 or len(part) != size:
        raise NotThisFormat(Message("decode.truncated"))
    return part
