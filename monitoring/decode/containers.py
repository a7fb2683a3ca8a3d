"""Decoders that open a container of records: what is inside goes through the decoder chain again."""

import base64
import binascii
from functools import lru_cache
from typing import Any

from monitoring.decode import kpl
from monitoring.decode.budget import Budget, NotThisFormat
from monitoring.decode.characters import utf8
from monitoring.decode.content import Content, Detail
from monitoring.decode.json_text import json_ends
from portal.messages.message import Message

_MIN_BASE64_CHARACTERS = 16
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_JSON_STARTS = (b"{", b"[")
_RECORD_SEPARATOR = b"\x1e"
_LEAST_SHARE = 0.5


def kpl_aggregate(data: bytes, budget: Budget) -> list[Content]:
    """Open an aggregate of the Kinesis Producer Library; raises NotThisFormat, BudgetExceeded."""
    records = kpl.user_records(data, budget)
    if not records:
        raise NotThisFormat(Message("decode.empty_aggregate"))
    taken = records[: budget.take_records(len(records))]
    budget.spend(sum(len(record.data) for record in taken))
    total = f"{len(records):,}"
    return [
        Content(
            record.data,
            record.partition_key,
            (f"{number} of {total}",),
            _kpl_details(number - 1, record),
            record.explicit_hash_key,
        )
        for number, record in enumerate(taken, start=1)
    ]


def log_events(value: object, budget: Budget) -> list[Content]:
    """Open the envelope in which CloudWatch Logs sends log events; raises NotThisFormat, BudgetExceeded.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """
    if not isinstance(value, dict) or value.get("messageType") != "DATA_MESSAGE":
        raise NotThisFormat(Message("decode.no_data_message"))
    events = value.get("logEvents")
    found = [event for event in events if _is_event(event)] if isinstance(events, list) else []
    if not found:
        raise NotThisFormat(Message("decode.no_log_events"))
    envelope = _envelope_details(value)
    taken = [(event, event["message"].encode("utf-8", "replace")) for event in found[: budget.take_records(len(found))]]
    budget.spend(sum(len(text) for _, text in taken))
    total = f"{len(found):,}"
    return [
        Content(text, None, (f"{number} of {total}",), envelope + _event_details(event))
        for number, (event, text) in enumerate(taken, start=1)
    ]


def json_lines(data: bytes, budget: Budget) -> list[Content]:
    """Open JSON Lines: an object or array in each line, which ends with LF or CRLF; raises NotThisFormat."""
    lines = [line for line in map(bytes.strip, data.split(b"\n")) if line]
    starts = sum(line.startswith(_JSON_STARTS) for line in lines)
    if len(lines) < 2 or starts < _LEAST_SHARE * len(lines) or not lines[0].endswith((b"}", b"]")):
        raise NotThisFormat(Message("decode.no_json_lines"))
    return _numbered(lines, budget)


def json_sequence(data: bytes, budget: Budget) -> list[Content]:
    """Open a JSON text sequence (RFC 7464), in which each value begins with RS; raises NotThisFormat."""
    if not data.startswith(_RECORD_SEPARATOR):
        raise NotThisFormat(Message("decode.wrong_start", expected="1E"))
    return _numbered([text for text in map(bytes.strip, data.split(_RECORD_SEPARATOR)) if text], budget)


def concatenated_json(data: bytes, budget: Budget) -> list[Content]:
    """Open JSON objects or arrays that follow each other; raises NotThisFormat, BudgetExceeded."""
    if not data.startswith(_JSON_STARTS):
        raise NotThisFormat(Message("decode.no_json_lines"))
    found = json_ends(utf8(data), budget)
    if len(found) < 2:
        raise NotThisFormat(Message("decode.no_json_lines"))
    return _numbered([text.encode("utf-8", "surrogatepass") for text in found], budget)


def base64_content(data: bytes, budget: Budget) -> list[Content]:
    """Open base64 or base64url, with or without padding (RFC 4648); raises NotThisFormat, BudgetExceeded."""
    packed = b"".join(data.split()).rstrip(b"=")
    if len(packed) < _MIN_BASE64_CHARACTERS:
        raise NotThisFormat(Message("decode.base64_too_short", character_count=_MIN_BASE64_CHARACTERS))
    if b"-" in packed or b"_" in packed:
        packed = packed.translate(_URL_SAFE)
    try:
        content = base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except binascii.Error as error:
        raise NotThisFormat(Message("decode.not_base64")) from error
    budget.spend(len(content))
    return [Content(content)]


def hex_digits(data: bytes, budget: Budget) -> list[Content]:
    """Open bytes that are written as hexadecimal digits; raises NotThisFormat, BudgetExceeded."""
    packed = data.strip()
    if len(packed) < _MIN_BASE64_CHARACTERS or len(packed) % 2 or packed.translate(None, _HEX_DIGITS):
        raise NotThisFormat(Message("decode.not_hex"))
    content = binascii.unhexlify(packed)
    budget.spend(len(content))
    return [Content(content)]


def _numbered(parts: list[bytes], budget: Budget) -> list[Content]:
    taken = parts[: budget.take_records(len(parts))]
    total = f"{len(parts):,}"
    return [Content(part, position=(f"{number} of {total}",)) for number, part in enumerate(taken, start=1)]


@lru_cache(maxsize=512)
def _sub_sequence(number: int) -> tuple[Detail]:
    return (Detail(Message("record.sub_sequence", number=number)),)


def _kpl_details(number: int, record: kpl.UserRecord) -> tuple[Detail, ...]:
    details = _sub_sequence(number)
    if record.explicit_hash_key is None:
        return details
    return (*details, Detail(Message("record.explicit_hash_key", value=record.explicit_hash_key), is_data=True))


def _envelope_details(envelope: dict[str, Any]) -> tuple[Detail, ...]:
    filters = envelope.get("subscriptionFilters")
    names = ", ".join(map(str, filters)) if isinstance(filters, list) else ""
    return (
        Detail(Message("record.log_owner", value=str(envelope.get("owner", ""))), is_data=True),
        Detail(Message("record.log_group", value=str(envelope.get("logGroup", ""))), is_data=True),
        Detail(Message("record.log_stream", value=str(envelope.get("logStream", ""))), is_data=True),
        Detail(Message("record.log_filters", value=names), is_data=True),
    )


def _event_details(event: dict[str, Any]) -> tuple[Detail, ...]:
    return (
        Detail(
            Message("record.log_event", event=str(event.get("id", "")), at=str(event.get("timestamp", ""))),
            is_data=True,
        ),
    )


def _is_event(event: object) -> bool:
    return isinstance(event, dict) and isinstance(event.get("message"), str)
