"""Decoders that open a container: what is inside goes through the decoder chain again."""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass

from monitoring.decode import kpl
from monitoring.decode.budget import Budget, NotThisFormat
from portal.messages.message import Message

_GZIP_START = b"\x1f\x8b"
_MIN_BASE64_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes found inside; `position` is added to the path of decoders (which record of how many)."""

    data: bytes
    partition_key: str | None = None
    position: tuple[str, ...] = ()


def gzip(data: bytes, budget: Budget) -> list[Content]:
    """Open gzip (RFC 1952), one member or several; raises NotThisFormat, BudgetExceeded."""
    if not data.startswith(_GZIP_START):
        raise NotThisFormat(Message("decode.wrong_start", expected=_GZIP_START.hex(" ").upper()))
    parts, rest = [], data
    while rest:
        part, rest = _inflate(rest, 31, budget)
        parts.append(part)
    return [Content(b"".join(parts))]


def zlib_stream(data: bytes, budget: Budget) -> list[Content]:
    """Open a zlib stream (RFC 1950); raises NotThisFormat, BudgetExceeded."""
    if len(data) < 6 or data[0] & 0x0F != 8 or int.from_bytes(data[:2], "big") % 31:
        raise NotThisFormat(Message("decode.no_zlib_header"))
    part, rest = _inflate(data, 15, budget)
    if rest:
        raise NotThisFormat(Message("decode.trailing_bytes"))
    return [Content(part)]


def kpl_aggregate(data: bytes, budget: Budget) -> list[Content]:
    """Open an aggregate of the Kinesis Producer Library; raises NotThisFormat, BudgetExceeded."""
    records = kpl.user_records(data, budget)
    if not records:
        raise NotThisFormat(Message("decode.empty_aggregate"))
    taken = records[: budget.take_records(len(records))]
    budget.spend(sum(len(record.data) for record in taken))
    return [
        Content(record.data, record.partition_key, (f"{number} of {len(records):,}",))
        for number, record in enumerate(taken, start=1)
    ]


def cloudwatch_logs(data: bytes, budget: Budget) -> list[Content]:
    """Open the envelope in which CloudWatch Logs sends log events; raises NotThisFormat, BudgetExceeded, ValueError.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """
    if b'"logEvents"' not in data:
        raise NotThisFormat(Message("decode.no_log_events"))
    envelope = json.loads(data)
    if not isinstance(envelope, dict) or envelope.get("messageType") != "DATA_MESSAGE":
        raise NotThisFormat(Message("decode.no_data_message"))
    events = envelope.get("logEvents")
    texts = [event.get("message") for event in events if isinstance(event, dict)] if isinstance(events, list) else []
    found = [text for text in texts if isinstance(text, str)]
    if not found:
        raise NotThisFormat(Message("decode.no_log_events"))
    taken = [text.encode("utf-8", "replace") for text in found[: budget.take_records(len(found))]]
    budget.spend(sum(map(len, taken)))
    return [Content(text, position=(f"{number} of {len(found):,}",)) for number, text in enumerate(taken, start=1)]


def base64_content(data: bytes, budget: Budget) -> list[Content]:
    """Open base64 (RFC 4648); raises NotThisFormat, BudgetExceeded."""
    packed = b"".join(data.split())
    if len(packed) < _MIN_BASE64_CHARACTERS:
        raise NotThisFormat(Message("decode.base64_too_short", character_count=_MIN_BASE64_CHARACTERS))
    try:
        content = base64.b64decode(packed, validate=True)
    except binascii.Error as error:
        raise NotThisFormat(Message("decode.not_base64")) from error
    budget.spend(len(content))
    return [Content(content)]


def _inflate(data: bytes, wbits: int, budget: Budget) -> tuple[bytes, bytes]:
    stream = zlib.decompressobj(wbits)
    try:
        part = stream.decompress(data, budget.bytes_left + 1)
    except zlib.error as error:
        raise NotThisFormat(Message("decode.damaged", detail=str(error))) from error
    budget.spend(len(part))
    if not stream.eof:
        raise NotThisFormat(Message("decode.truncated"))
    return part, stream.unused_data
