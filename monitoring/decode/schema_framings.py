"""The headers that serializers of schema registries write, with the schema's ID; the message is behind them.

Glue: 03, compression (00 none, 05 zlib), UUID of the schema version in 16 bytes. Confluent: 00, ID in four bytes.
Avro's single-object encoding: C3 01, fingerprint of the schema in eight bytes.
https://github.com/awslabs/aws-glue-schema-registry
https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding

An ID is as much data as what follows it: bytes that only happen to begin like a header have a measurement there.
"""

from uuid import UUID

from monitoring.decode.budget import Budget, NotThisFormat
from monitoring.decode.compressions import inflated
from monitoring.decode.content import Content, Detail, Framing
from portal.messages.message import Message

_GLUE_VERSION, _GLUE_PLAIN, _GLUE_ZLIB, _GLUE_HEADER = 3, 0, 5, 18
_CONFLUENT_HEADER = 5
_MOST_CONFLUENT_ID = 2**24 - 1
AVRO_START = b"\xc3\x01"
_AVRO_HEADER = 10


def glue(data: bytes, budget: Budget) -> list[Content]:
    """Open the framing of AWS Glue Schema Registry; raises NotThisFormat, BudgetExceeded."""
    if len(data) <= _GLUE_HEADER or data[0] != _GLUE_VERSION or data[1] not in {_GLUE_PLAIN, _GLUE_ZLIB}:
        raise NotThisFormat(Message("decode.no_glue_header"))
    version = UUID(bytes=data[2:_GLUE_HEADER])
    if version.version is None:
        raise NotThisFormat(Message("decode.no_glue_header"))
    rest = data[_GLUE_HEADER:]
    content = inflated(rest, budget) if data[1] == _GLUE_ZLIB else rest
    details = (Detail(Message("record.glue_schema", schema_version=str(version)), is_data=True),)
    return [Content(content, details=details, framing=Framing(f"glue:{version}"))]


def confluent(data: bytes, _budget: Budget) -> list[Content]:
    """Open the framing of Confluent Schema Registry; raises NotThisFormat."""
    number = int.from_bytes(data[1:_CONFLUENT_HEADER], "big")
    if len(data) <= _CONFLUENT_HEADER or data[0] != 0 or not 0 < number <= _MOST_CONFLUENT_ID:
        raise NotThisFormat(Message("decode.no_confluent_header"))
    details = (Detail(Message("record.confluent_schema", schema=str(number)), is_data=True),)
    return [Content(data[_CONFLUENT_HEADER:], details=details, framing=Framing(f"confluent:{number}"))]


def avro_single_object(data: bytes, _budget: Budget) -> list[Content]:
    """Open Avro's single-object encoding; raises NotThisFormat."""
    if len(data) <= _AVRO_HEADER or not data.startswith(AVRO_START):
        raise NotThisFormat(Message("decode.wrong_start", expected=AVRO_START.hex(" ").upper()))
    fingerprint = data[2:_AVRO_HEADER][::-1].hex()
    details = (Detail(Message("record.avro_fingerprint", fingerprint=fingerprint), is_data=True),)
    return [Content(data[_AVRO_HEADER:], details=details, framing=Framing(f"avro:{fingerprint}", has_indexes=False))]
