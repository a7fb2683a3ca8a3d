"""The steps of the decoder chain, in the order in which they are tried; docs/encodings.md lists what each reads.

What begins with bytes of its own is tried only when they are there. What has no such start must be readable inside.
"""

from collections.abc import Callable

from monitoring.decode import (
    block_compressions,
    compressions,
    containers,
    json_text,
    protobuf_values,
    schema_framings,
    signatures,
    text_values,
    value_formats,
)
from monitoring.decode.avro_values import avro_file, avro_message
from monitoring.decode.content import Detail, Framing, Value
from monitoring.decode.decoded import Decoded
from monitoring.decode.kpl import MAGIC
from monitoring.decode.reading import Opener, Reading
from portal.messages.message import Message


def _signed(reading: Reading) -> list[Decoded]:
    data = reading.data
    for start, name, opener in _SIGNED:
        if data.startswith(start) and (found := reading.opened(name, opener)):
            return found
    if data[0] & 0x0F == 8 and (found := reading.opened("zlib", compressions.zlib_stream)):
        return found
    if data.startswith(_AVRO_FILE) and (values := reading.attempt("Avro file", avro_file)):
        return _avro_results(reading, values)
    if data[0] == 3 and (found := reading.opened("Glue Schema Registry", schema_framings.glue)):
        return found
    return []


def _avro_results(reading: Reading, values: list[Value]) -> list[Decoded]:
    results: list[Decoded] = []
    for number, value in enumerate(values, start=1):
        place = (*reading.path, "Avro file", f"{number} of {len(values):,}")
        inner = Reading(reading.task, reading.content, place, reading.details, reading.failed, reading.sizes)
        results += inner.value("Avro", value)
    return results


def _characters(reading: Reading) -> list[Decoded]:
    found = text_values.wide_results(reading) or text_values.marked_results(reading)
    return found or text_values.text_results(reading)


def _compressed_blocks(reading: Reading) -> list[Decoded]:
    for name, opener in _BLOCKS:
        if found := text_values.speculative(reading, name, opener, _is_meant):
            return found
    return []


def _binary(reading: Reading) -> list[Decoded]:
    for name, decoder in value_formats.VALUE_FORMATS:
        if (value := reading.attempt(name, decoder)) is not None:
            return reading.value(name, value)
    for name, opener in _SEQUENCES:
        if found := reading.opened(name, opener):
            return found
    if signatures.named(reading.data):
        return []
    if reading.data[0] == 0 and (found := reading.opened("Confluent Schema Registry", schema_framings.confluent)):
        return found
    if (message := reading.attempt("protobuf", protobuf_values.protobuf)) is not None:
        return reading.value("protobuf", message)
    return reading.opened("protobuf messages", protobuf_values.delimited_protobuf)


def _odd_text(reading: Reading) -> list[Decoded]:
    reading.fail("", Message("decode.no_known_start"))
    return [] if signatures.named(reading.data) else text_values.odd_text_results(reading)


def framed_results(reading: Reading, framing: Framing) -> list[Decoded]:
    """Return what a message behind the header of a schema registry says, or its bytes and the schema it needs."""
    schema = reading.task.schemas.get(framing.schema)
    if schema is not None:
        value = reading.attempt("Avro", lambda data, budget: avro_message(data, schema, budget))
        if value is not None:
            return reading.value("Avro", value)
    if reading.data[:1] in {b"{", b"["}:
        value = reading.attempt("JSON", json_text.json_value)
        if value is not None:
            return reading.value("JSON", value)
    if framing.has_indexes:
        value = reading.attempt(
            "protobuf", lambda data, budget: protobuf_values.protobuf(protobuf_values.behind_indexes(data), budget)
        )
        if value is not None:
            return reading.value("protobuf", value)
    needed = _NEEDED.get(framing.schema.partition(":")[0], Message("record.schema_needed"))
    details = () if schema else (Detail(needed),)
    return reading.hex(details=details, schema=None if schema else framing.schema)


_AVRO_FILE = b"Obj\x01"
_NEEDED = {
    "glue": Message("record.glue_schema_needed"),
    "confluent": Message("record.confluent_schema_needed"),
}


def damaged_name(data: bytes) -> str | None:
    """Return the name of the format whose start the bytes have, although it could not open them; None without one."""
    name = next((name for start, name, _ in _SIGNED if data.startswith(start)), None)
    return "Avro file" if name is None and data.startswith(_AVRO_FILE) else name


def _is_meant(decoded: Decoded) -> bool:
    return decoded.path[-1] in {"JSON", "CBOR", "MessagePack"} or (
        decoded.path[-1] == "text" and len(decoded.text) >= 16 and not decoded.details
    )


_SIGNED: tuple[tuple[bytes, str, Opener], ...] = (
    (b"\x1f\x8b", "gzip", compressions.gzip),
    (MAGIC, "KPL aggregate", containers.kpl_aggregate),
    (b"\x28\xb5\x2f\xfd", "zstd", block_compressions.zstd),
    *((bytes([number]) + b"\x2a\x4d\x18", "zstd", block_compressions.zstd) for number in range(0x50, 0x60)),
    (b"\x04\x22\x4d\x18", "LZ4", block_compressions.lz4),
    (b"\xff\x06\x00\x00sNaPpY", "Snappy", block_compressions.snappy),
    (b"\x82SNAPPY\x00", "Snappy", block_compressions.snappy),
    (b"BZh", "bzip2", compressions.bzip2),
    (b"\xfd7zXZ\x00", "xz", compressions.xz),
    (schema_framings.AVRO_START, "Avro single object", schema_framings.avro_single_object),
    (b"\x1e", "JSON text sequence", containers.json_sequence),
)
_BLOCKS: tuple[tuple[str, Opener], ...] = (
    ("deflate", compressions.deflate),
    ("Snappy", block_compressions.snappy_block),
    ("LZ4", block_compressions.lz4_block),
)
_SEQUENCES: tuple[tuple[str, Opener], ...] = (
    ("CBOR sequence", value_formats.cbor_sequence),
    ("MessagePack sequence", value_formats.messagepack_sequence),
)
STEPS: tuple[Callable[[Reading], list[Decoded]], ...] = (
    text_values.json_results,
    _signed,
    _characters,
    _compressed_blocks,
    _binary,
    _odd_text,
)
