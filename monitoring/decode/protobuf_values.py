"""Protobuf without its schema: an object of field numbers, with types that are guessed from the bytes."""

import struct

from monitoring.decode.budget import MAX_NESTING, Budget, NotThisFormat, ValueTooLarge
from monitoring.decode.characters import plain_text
from monitoring.decode.content import Content, Detail, Value
from monitoring.decode.protobuf import FIXED32, FIXED64, varint, wire_fields
from portal.messages.message import Message

_LEAST_BYTES = 4
_MOST_FIELD_NUMBER = 2_047  # as a tag of two bytes holds; by chance, numbers are mostly larger
_USUAL_FLOATS = (1e-9, 1e15)


def protobuf(data: bytes, budget: Budget) -> Value:
    """Read a message that uses all the bytes; raises NotThisFormat, BudgetExceeded."""
    if len(data) < _LEAST_BYTES:
        raise NotThisFormat(Message("decode.protobuf_too_short"))
    message = _message(data, budget, 0)
    is_likely = len(message) > 2 or any(isinstance(value, str | dict | list) for value in message.values())
    if not is_likely:
        raise NotThisFormat(Message("decode.bare_value"))
    return Value(message, details=(Detail(Message("record.no_protobuf_schema")),))


def delimited_protobuf(data: bytes, budget: Budget) -> list[Content]:
    """Open messages that each follow their length, as CloudWatch metric streams send OpenTelemetry's.

    Raises NotThisFormat, BudgetExceeded.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-metric-streams-formats-opentelemetry-parse.html
    """
    found: list[bytes] = []
    at = 0
    while at < len(data):
        budget.count_value()
        size, at = varint(data, at)
        if size == 0 or at + size > len(data):
            raise NotThisFormat(Message("decode.protobuf_field_too_long"))
        found.append(data[at : at + size])
        at += size
    protobuf(found[0], budget)
    taken = found[: budget.take_records(len(found))]
    total = f"{len(found):,}"
    return [Content(part, position=(f"{number} of {total}",)) for number, part in enumerate(taken, start=1)]


def behind_indexes(data: bytes) -> bytes:
    """Return the message behind the indexes of its type, as the serializers of schema registries write them.

    One byte 00 is the first type of its schema; else a count and as many numbers. Raises NotThisFormat.
    https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
    """
    count, at = varint(data, 0)
    for _ in range(min(count >> 1, MAX_NESTING)):
        _, at = varint(data, at)
    return data[at:]


def _message(data: bytes, budget: Budget, depth: int) -> dict[str, object]:
    if depth > MAX_NESTING:
        raise ValueTooLarge(Message("decode.nested_too_deep", level_count=MAX_NESTING))
    found: dict[str, list[object]] = {}
    for number, wire_type, raw in wire_fields(data):
        if number > _MOST_FIELD_NUMBER:
            raise NotThisFormat(Message("decode.protobuf_field_number"))
        budget.count_value()
        found.setdefault(str(number), []).append(_value(raw, wire_type, budget, depth))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def _value(raw: int | bytes, wire_type: int, budget: Budget, depth: int) -> object:
    if isinstance(raw, int):
        return raw
    if wire_type in {FIXED64, FIXED32}:
        return _fixed(raw)
    try:
        return plain_text(raw)
    except NotThisFormat:
        pass
    try:
        return _message(raw, budget, depth + 1)
    except NotThisFormat:
        return raw.hex()


def _fixed(raw: bytes) -> float | int:
    (number,) = struct.unpack("<d" if len(raw) == 8 else "<f", raw)
    least, most = _USUAL_FLOATS
    is_usual = number == 0 or least < abs(number) < most
    if not is_usual:
        return int.from_bytes(raw, "little")
    return float(number) if len(raw) == 8 else float(f"{number:.7g}")
