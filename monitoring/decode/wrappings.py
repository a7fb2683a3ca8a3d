"""The rungs that open something and hand what is inside to the ladder again."""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass

from monitoring.decode import kpl
from monitoring.decode.budget import Budget, NotThis

_GZIP = b"\x1f\x8b"
_SHORTEST_BASE64 = 16


@dataclass(frozen=True, slots=True)
class Inner:
    """Bytes found inside; `says` is added to the path (which record of how many)."""

    data: bytes
    partition_key: str | None = None
    says: tuple[str, ...] = ()


def gzip(data: bytes, budget: Budget) -> list[Inner]:
    """Open gzip (RFC 1952), one member or several; raise NotThis, TooMuch."""
    if not data.startswith(_GZIP):
        raise NotThis("it does not begin with 1F 8B")
    parts, rest = [], data
    while rest:
        part, rest = _inflate(rest, 31, budget)
        parts.append(part)
    return [Inner(b"".join(parts))]


def zlib_stream(data: bytes, budget: Budget) -> list[Inner]:
    """Open a zlib stream (RFC 1950); raise NotThis, TooMuch."""
    if len(data) < 6 or data[0] & 0x0F != 8 or int.from_bytes(data[:2], "big") % 31:
        raise NotThis("it does not begin with a zlib header")
    part, rest = _inflate(data, 15, budget)
    if rest:
        raise NotThis("bytes are left over after the zlib stream")
    return [Inner(part)]


def kpl_aggregate(data: bytes, budget: Budget) -> list[Inner]:
    """Open an aggregate of the Kinesis Producer Library; raise NotThis."""
    records = kpl.user_records(data)
    if not records:
        raise NotThis("the KPL aggregate is empty")
    budget.spend(sum(len(record.data) for record in records))
    return [
        Inner(record.data, record.partition_key, (f"{number} of {len(records)}",))
        for number, record in enumerate(records, start=1)
    ]


def cloudwatch_logs(data: bytes, budget: Budget) -> list[Inner]:
    """Open the envelope in which CloudWatch Logs sends log events to a data stream; raise NotThis.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """
    if b'"logEvents"' not in data:
        raise NotThis("there are no logEvents in it")
    envelope = json.loads(data)
    if not isinstance(envelope, dict) or envelope.get("messageType") != "DATA_MESSAGE":
        raise NotThis("its messageType is not DATA_MESSAGE")
    events = envelope.get("logEvents")
    messages = [event.get("message") for event in events if isinstance(event, dict)] if isinstance(events, list) else []
    found = [message.encode() for message in messages if isinstance(message, str)]
    if not found:
        raise NotThis("the envelope holds no log events")
    budget.spend(sum(map(len, found)))
    return [Inner(message, says=(f"{number} of {len(found)}",)) for number, message in enumerate(found, start=1)]


def base64_inside(data: bytes, budget: Budget) -> list[Inner]:
    """Open base64 (RFC 4648); raise NotThis."""
    packed = b"".join(data.split())
    if len(packed) < _SHORTEST_BASE64:
        raise NotThis(f"it is shorter than {_SHORTEST_BASE64} characters")
    try:
        inside = base64.b64decode(packed, validate=True)
    except binascii.Error as error:
        raise NotThis("it holds characters that are not base64, or is cut short") from error
    budget.spend(len(inside))
    return [Inner(inside)]


def _inflate(data: bytes, wbits: int, budget: Budget) -> tuple[bytes, bytes]:
    stream = zlib.decompressobj(wbits)
    try:
        part = stream.decompress(data, budget.bytes_left + 1)
    except zlib.error as error:
        raise NotThis(f"it is damaged ({error})") from error
    budget.spend(len(part))
    if not stream.eof:
        raise NotThis("it is cut short")
    return part, stream.unused_data
