"""MiniStack's PutRecord and PutRecords with the write limit of each shard, which MiniStack does not have.

https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
"""

import base64
import binascii
import json
import time
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id
from ministack.services import kinesis

from portal.local.emulator.shard_limits import THROTTLED, ShardLimits

_Answer = tuple[int, dict[str, str], bytes]
_put_record = kinesis._put_record
_put_records = kinesis._put_records
_limits = ShardLimits()


def put_record(data: Mapping[str, Any]) -> _Answer:
    """Put a record, or answer that its shard accepts no more in this second."""
    _, stream = kinesis._resolve_stream(data)
    message = _throttled(stream, data, time.time()) if _accepts(stream) else ""
    answer: _Answer = error_response_json(THROTTLED, message, 400) if message else _put_record(data)
    return answer


def put_records(data: Mapping[str, Any]) -> _Answer:
    """Put the records that their shards accept in this second; each other one has an error code in the answer."""
    _, stream = kinesis._resolve_stream(data)
    records, now = data.get("Records") or [], time.time()
    messages = [_throttled(stream, record, now) for record in records] if _accepts(stream) else []
    if not any(messages):
        return _whole(data)
    accepted = [record for record, message in zip(records, messages, strict=True) if not message]
    status, headers, body = _whole({**data, "Records": accepted})
    if status != 200:
        return status, headers, body
    answer = json.loads(body)
    put = iter(answer["Records"])
    answer["Records"] = [
        {"ErrorCode": THROTTLED, "ErrorMessage": message} if message else next(put) for message in messages
    ]
    answer["FailedRecordCount"] = len(records) - len(accepted)
    return status, headers, json.dumps(answer).encode()


def install() -> None:
    """Put it in front of what is installed, for this process."""
    global _put_record, _put_records
    _put_record, _put_records = kinesis._put_record, kinesis._put_records
    kinesis._put_record = put_record
    kinesis._put_records = put_records


def _whole(data: Mapping[str, Any]) -> _Answer:
    answer: _Answer = _put_records(data)
    return answer


def _accepts(stream: Mapping[str, Any] | None) -> bool:
    return bool(stream) and stream is not None and stream["StreamStatus"] == "ACTIVE"


def _throttled(stream: Mapping[str, Any], record: Mapping[str, Any], at: float) -> str:
    """Return why a record is throttled, or ""; what is no record at all is left to MiniStack to reject."""
    key = record.get("PartitionKey") or ""
    try:
        size = len(base64.b64decode(record.get("Data") or "")) + len(key.encode())
        given = record.get("ExplicitHashKey")
        hashed = int(given) if given else kinesis._partition_key_to_hash(key)
    except (binascii.Error, ValueError):
        return ""
    shard_id = kinesis._route_to_shard(hashed, stream)
    if not key or _limits.admit((stream["StreamARN"], shard_id), size, at):
        return ""
    return f"Rate exceeded for shard {shard_id} in stream {stream['StreamName']} under account {get_account_id()}."
