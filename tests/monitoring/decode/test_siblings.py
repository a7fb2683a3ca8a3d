"""Encodings beside those of the cases: each must be named, and what is inside it read."""

import base64
import bz2
import gzip
import io
import json
import lzma
import struct
import uuid
import zlib
from random import Random

import cbor2
import cramjam
import fastavro
import msgpack
import pytest

from monitoring.decode.decoder_chain import decode
from monitoring.records.record_contents import contents_of
from tests.monitoring.decode.test_decoder_chain import field, kpl, varint

JSON = json.dumps({"device": "hvac-17", "reading": {"temperature": 21.5, "humidity": 40}}).encode()
READING = json.loads(JSON)
SCHEMA = {"type": "record", "name": "R", "fields": [{"name": "device", "type": "string"}]}
MESSAGE = field(1, b"hvac-17") + varint(2 << 3 | 1) + struct.pack("<d", 21.5)
NOISE = Random(1).randbytes(200)
GLUE = uuid.UUID("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63").bytes


def avro_file(codec: str) -> bytes:
    out = io.BytesIO()
    fastavro.writer(out, SCHEMA, [{"device": f"hvac-{number}"} for number in range(3)], codec=codec)
    return out.getvalue()


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def xerial(data: bytes) -> bytes:
    block = bytes(cramjam.snappy.compress_raw(data))
    return b"\x82SNAPPY\x00" + struct.pack(">ii", 1, 1) + struct.pack(">i", len(block)) + block


SIBLINGS = {
    "NDJSON with empty lines": (b'\n{"a":1}\n\n{"a":2}\n', "NDJSON › 1 of 2 › JSON"),
    "NDJSON of arrays": (b"[1,2]\n[3,4]", "NDJSON › 1 of 2 › JSON"),
    "NDJSON with one damaged line": (b'{"a":1}\n{"a":2}\n{"a":\n', "NDJSON › 1 of 3 › JSON"),
    "concatenated": (b'{"a":1}{"a":2}', "concatenated JSON › 1 of 2 › JSON"),
    "pretty and concatenated": (b'{\n "a":1\n}\n{\n "a":2\n}', "concatenated JSON › 1 of 2 › JSON"),
    "RFC 7464": (b'\x1e{"a":1}\n\x1e{"a":2}\n', "JSON text sequence › 1 of 2 › JSON"),
    "one value of RFC 7464": (b'\x1e{"a":1}\n', "JSON text sequence › 1 of 1 › JSON"),
    "BOM and NDJSON": (b'\xef\xbb\xbf{"a":1}\n{"a":2}', "NDJSON › 1 of 2 › JSON"),
    "BOM and text": (b"\xef\xbb\xbfplain", "text"),
    "UTF-16 big-endian": (JSON.decode().encode("utf-16-be"), "UTF-16 › JSON"),
    "UTF-16 little-endian": (JSON.decode().encode("utf-16-le"), "UTF-16 › JSON"),
    "UTF-16 with a mark": ("Büro, 21 °C".encode("utf-16"), "UTF-16 › text"),
    "UTF-32": (JSON.decode().encode("utf-32"), "UTF-32 › JSON"),
    "Windows-1252": ("Preis: 5 €, “heute”".encode("cp1252"), "Windows-1252 › text"),
    "Latin-1": ("Büro Süd, 21 °C".encode("latin-1"), "Latin-1 › text"),
    "gzip of two members": (gzip.compress(JSON[:20]) + gzip.compress(JSON[20:]), "gzip › JSON"),
    "gzip and NUL bytes": (gzip.compress(JSON) + bytes(5), "gzip › JSON"),
    "zlib and a line break": (zlib.compress(JSON) + b"\r\n", "zlib › JSON"),
    "deflate of text": (deflated(b"a text that is long enough to be meant"), "deflate › text"),
    "zstd and a line break": (bytes(cramjam.zstd.compress(JSON)) + b"\n", "zstd › JSON"),
    "two zstd frames": (
        bytes(cramjam.zstd.compress(JSON[:20])) + bytes(cramjam.zstd.compress(JSON[20:])),
        "zstd › JSON",
    ),
    "zstd behind a skippable frame": (
        b"\x50\x2a\x4d\x18\x02\x00\x00\x00xx" + bytes(cramjam.zstd.compress(JSON)),
        "zstd › JSON",
    ),
    "framed Snappy": (bytes(cramjam.snappy.compress(JSON)), "Snappy › JSON"),
    "snappy-java": (xerial(JSON), "Snappy › JSON"),
    "LZ4 block with its length": (bytes(cramjam.lz4.compress_block(JSON)), "LZ4 › JSON"),
    "LZ4 and a line break": (bytes(cramjam.lz4.compress(JSON)) + b"\n", "LZ4 › JSON"),
    "two bzip2 streams": (bz2.compress(JSON[:20]) + bz2.compress(JSON[20:]), "bzip2 › JSON"),
    "xz": (lzma.compress(JSON), "xz › JSON"),
    "base64 without padding": (base64.b64encode(JSON).rstrip(b"="), "base64 › JSON"),
    "base64 in lines": (base64.encodebytes(JSON), "base64 › JSON"),
    "base64 of zstd": (base64.b64encode(bytes(cramjam.zstd.compress(JSON))), "base64 › zstd › JSON"),
    "hex digits": (JSON.hex().encode(), "hex digits › JSON"),
    "hex digits in capitals": (JSON.hex().upper().encode(), "hex digits › JSON"),
    "JSON in a JSON string": (json.dumps(JSON.decode()).encode(), "JSON string › JSON"),
    "gzip in base64 in a JSON string": (
        json.dumps(base64.b64encode(gzip.compress(JSON)).decode()).encode(),
        "JSON string › base64 › gzip › JSON",
    ),
    "CBOR map": (cbor2.dumps(READING), "CBOR"),
    "CBOR that says it is": (cbor2.dumps(cbor2.CBORTag(55799, READING)), "CBOR"),
    "CBOR sequence": (cbor2.dumps(READING) * 3, "CBOR sequence › 1 of 3 › CBOR"),
    "MessagePack list of numbers": (msgpack.packb([21.5, 22, 23]), "MessagePack"),
    "MessagePack sequence": (msgpack.packb(READING) * 2, "MessagePack sequence › 1 of 2 › MessagePack"),
    "Avro file, deflate": (avro_file("deflate"), "Avro file › 1 of 3 › Avro"),
    "Avro file, snappy": (avro_file("snappy"), "Avro file › 1 of 3 › Avro"),
    "Avro file, bzip2": (avro_file("bzip2"), "Avro file › 1 of 3 › Avro"),
    "Avro file, xz": (avro_file("xz"), "Avro file › 1 of 3 › Avro"),
    "Glue with zlib": (b"\x03\x05" + GLUE + zlib.compress(JSON), "Glue Schema Registry › JSON"),
    "Confluent JSON": (b"\x00\x00\x00\x00\x2a" + JSON, "Confluent Schema Registry › JSON"),
    "Confluent protobuf": (b"\x00\x00\x00\x00\x2a\x00" + MESSAGE, "Confluent Schema Registry › protobuf"),
    "Confluent protobuf of an inner type": (
        b"\x00\x00\x00\x00\x2a\x04\x02\x00" + MESSAGE,
        "Confluent Schema Registry › protobuf",
    ),
    "nested protobuf": (field(1, MESSAGE) + field(2, 5), "protobuf"),
    "KPL of gzip": (kpl(("k", gzip.compress(JSON))), "KPL aggregate › 1 of 1 › gzip › JSON"),
    "KPL of Glue": (kpl(("k", b"\x03\x00" + GLUE + JSON)), "KPL aggregate › 1 of 1 › Glue Schema Registry › JSON"),
    "JSON with a no-break space before it": ("\u00a0{}".encode(), "text"),
    "a newer emoji": ("\U0001fae8 21".encode(), "text"),
    "text with a form feed": (b"page one\x0cpage two", "text"),
    "hex dump of noise": (bytes(range(128, 160)), "hex"),
    "gzip without its end": (gzip.compress(JSON * 5, mtime=0)[:-12], "gzip › hex"),
    "KPL without its end": (kpl(("k", JSON))[:-1], "KPL aggregate › hex"),
    "zstd without its end": (bytes(cramjam.zstd.compress(NOISE))[:-9], "zstd › hex"),
    "Avro file without its end": (avro_file("null")[:-1], "Avro file › hex"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG image › hex"),
    "WebP": (b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(range(16)), "WebP image › hex"),
    "MP4": (b"\x00\x00\x00\x18ftypmp42" + bytes(12), "MP4 or HEIF file › hex"),
    "pickle": (b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\xff\xfe", "Python pickle › hex"),
}


@pytest.mark.parametrize(("data", "path"), SIBLINGS.values(), ids=SIBLINGS)
def test_each_is_named_and_read(data: bytes, path: str) -> None:
    first = decode(data).results[0]
    assert (first.path_label, first.refusal) == (path, None)
    if path.endswith(("JSON", "CBOR", "MessagePack")) and b"hvac" in json.dumps(first.value).encode():
        assert first.value == READING


@pytest.mark.parametrize(("data", "path"), SIBLINGS.values(), ids=SIBLINGS)
def test_staff_see_no_value_of_it(data: bytes, path: str) -> None:
    for content in contents_of(data, "bldg-7").listed:
        shown = content.masked.text + content.masked.details + content.masked.partition_key + content.failed_attempts
        assert "hvac" not in shown
        assert "21.5" not in shown
        assert "bldg" not in shown


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\x06\x00\x00sNaPpYAlice",
        b"\xff\x06\x00\x00sNaPpY\x00\x08\x00\x00\x11\x22\x33\x44\x03\x08abc",
        b"\x40\xff\xfe\x9b\x81\x07",
        b"\x80\x80\x80\x80\xa4\xd8\x01\x07\xff\xfe",
        b"\x82\xfe\xff\xff\xff\x9f\x01\x07",
    ],
)
def test_no_reason_quotes_the_record(data: bytes) -> None:
    for decoded in decode(data).results:
        for attempt in decoded.failed:
            if attempt.decoder in {"Snappy", "LZ4", "zstd", "protobuf"}:
                quoted = str(attempt.reason.params.get("detail", "")) + str(attempt.reason.params.get("number", ""))
                assert not any(character.isdigit() for character in quoted), attempt
                assert "Alice" not in quoted
