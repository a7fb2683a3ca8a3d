"""Aggregated records of the Kinesis Producer Library: many user records in one data record.

https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
magic F3 89 9A C2 · protobuf AggregatedRecord · MD5 of the protobuf (16 bytes).
"""

import hashlib
from typing import NamedTuple

from monitoring.decode.budget import Budget, NotThisFormat
from monitoring.decode.protobuf import varint, wire_fields
from portal.messages.message import Message

MAGIC = b"\xf3\x89\x9a\xc2"
_DIGEST = 16
_KEY_TABLE, _HASH_KEY_TABLE, _RECORDS = 1, 2, 3
_KEY_INDEX, _HASH_KEY_INDEX, _DATA = 1, 2, 3
_USUAL_START, _USUAL_DATA = b"\x08", b"\x1a"  # the tags of a key's index and of data
_KEY_CHARACTERS, _KEY_BYTES = 256, 1024


class UserRecord(NamedTuple):
    """One record as its producer wrote it."""

    partition_key: str
    data: bytes
    explicit_hash_key: str | None = None


def user_records(blob: bytes, budget: Budget) -> list[UserRecord]:
    """Return the user records of an aggregate; raises NotThisFormat when the data is none, or damaged; BudgetExceeded.

    A partition key is at most 256 characters long, which is Kinesis's own limit.
    """
    if not blob.startswith(MAGIC):
        raise NotThisFormat(Message("decode.wrong_start", expected=MAGIC.hex(" ").upper()))
    body, digest = blob[len(MAGIC) : -_DIGEST], blob[-_DIGEST:]
    if len(blob) < len(MAGIC) + _DIGEST or hashlib.md5(body, usedforsecurity=False).digest() != digest:
        raise NotThisFormat(Message("decode.checksum_mismatch"))
    keys: list[str] = []
    hash_keys: list[str] = []
    found: list[tuple[int, int | None, bytes]] = []
    for number, _, value in wire_fields(body):
        budget.count_value()
        if not isinstance(value, bytes):
            continue
        if number == _RECORDS:
            found.append(_record(value, budget))
        elif number in {_KEY_TABLE, _HASH_KEY_TABLE}:
            table = keys if number == _KEY_TABLE else hash_keys
            table.append(value[:_KEY_BYTES].decode("utf-8", "replace")[:_KEY_CHARACTERS])
    return [
        UserRecord(_entry(keys, key) or "", data, None if hash_key is None else _entry(hash_keys, hash_key))
        for key, hash_key, data in found
    ]


def _record(message: bytes, budget: Budget) -> tuple[int, int | None, bytes]:
    budget.count_value()
    if message[:1] == _USUAL_START and message[2:3] == _USUAL_DATA and message[1] < 0x80:
        size, at = varint(message, 3)
        if at + size == len(message):  # an index below 128 and data, as the library writes them
            return message[1], None, message[at:]
    index, hash_index, data = 0, None, b""
    for number, _, value in wire_fields(message):
        if number == _DATA and isinstance(value, bytes):
            data = value
        elif number == _KEY_INDEX and isinstance(value, int):
            index = value
        elif number == _HASH_KEY_INDEX and isinstance(value, int):
            hash_index = value
    return index, hash_index, data


def _entry(table: list[str], index: int) -> str | None:
    return table[index] if index < len(table) else None
