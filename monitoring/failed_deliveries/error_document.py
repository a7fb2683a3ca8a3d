"""The documents in an error file of Firehose: one JSON object for each record. Pure; the content is hostile.

The names differ by destination: errorCode, ErrorCode or lastErrorCode, in one case or the other.
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_DOCUMENTS = 2000
MOST_UNPACKED = 4 * 1024 * 1024
MOST_TEXT = 500
_MOST_MEMBERS = 100  # of one gzip file: each is found by copying what follows it
_GZIP = b"\x1f\x8b"
_KIND = re.compile(r"(?:^|/)([A-Za-z][A-Za-z-]{0,60}[-_]failed)(?:/|$)")
_MOST_DIGITS = 16
_EARLIEST, _LATEST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FailedRecord:
    """A record that was not delivered: AWS's code and message, its times, and its data if the document has it."""

    code: str
    message: str
    arrived_at: datetime | None
    failed_at: datetime | None
    data: bytes | None


@dataclass(frozen=True, slots=True)
class ErrorFile:
    """What an error file has: its records, how many lines are no error documents, whether more was not read."""

    records: tuple[FailedRecord, ...]
    unreadable: int
    is_partial: bool


def kind_of(key: str) -> str:
    """Return Firehose's error output type from a file's key, such as processing-failed, or "" if it has none."""
    found = _KIND.search(key)
    return found[1] if found else ""


def error_file(content: bytes, *, is_partial: bool = False) -> ErrorFile:
    """Return the records of a file; `is_partial` if only its start was read. A last line that is cut is left out."""
    text, is_cut = _unpacked(content)
    lines = text.splitlines()
    is_partial = is_partial or is_cut or len(lines) > MOST_DOCUMENTS
    if lines and (is_cut or (is_partial and not text.endswith(b"\n"))):
        lines.pop()
    found = [_record(line) for line in lines[:MOST_DOCUMENTS] if line.strip()]
    records = tuple(record for record in found if record is not None)
    return ErrorFile(records, len(found) - len(records), is_partial)


def _unpacked(content: bytes) -> tuple[bytes, bool]:
    if not content.startswith(_GZIP):
        return content, False
    text = b""
    for _ in range(_MOST_MEMBERS):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            text += unpacker.decompress(content, MOST_UNPACKED - len(text))
        except zlib.error:
            return text, True
        content = unpacker.unused_data
        if not unpacker.eof or not content or len(text) >= MOST_UNPACKED:
            return text, not unpacker.eof or bool(content)
    return text, True


def _record(line: bytes) -> FailedRecord | None:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    fields = {str(name).lower().removeprefix("last"): value for name, value in raw.items()}
    if not {"errorcode", "errormessage", "rawdata"} & fields.keys():
        return None
    return FailedRecord(
        code=_text(fields, "errorcode"),
        message=_text(fields, "errormessage"),
        arrived_at=_time(fields.get("arrivaltimestamp")),
        failed_at=_time(fields.get("attemptendingtimestamp")),
        data=_data(fields.get("rawdata")),
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    return "".join(_visible(text[:MOST_TEXT])).strip()


def _visible(text: str) -> Iterator[str]:
    for character in text:
        yield character if character.isprintable() else " "


def _time(value: object) -> datetime | None:
    """Return a time from milliseconds since 1970, as number or text."""
    text = str(value) if isinstance(value, int | str) else ""
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        return None
    seconds = int(text) / 1000
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST.timestamp() < seconds < _LATEST.timestamp() else None


def _data(value: object) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
