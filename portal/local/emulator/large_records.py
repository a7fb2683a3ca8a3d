"""Records as large as their stream allows, up to 10 MiB: MiniStack rejects what is above 1 MiB, whatever the stream.

https://docs.aws.amazon.com/streams/latest/dev/large-records.html. Firehose gets none of them: it takes 1,000 KiB.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import firehose, kinesis

_Answer = tuple[int, dict[str, str], bytes]
_MIB = 1_048_576
_MINISTACKS = _MIB
_put_record = kinesis._put_record
_put_records = kinesis._put_records
_handle_request = kinesis.handle_request


def put_record(data: Mapping[str, Any]) -> _Answer:
    """Put a record whatever its size."""
    _, stream = kinesis._resolve_stream(data)
    if _size(data) <= _MINISTACKS or stream is None or stream["StreamStatus"] != "ACTIVE":
        return _whole(_put_record(data))
    return _put_large(data, stream)


def put_records(data: Mapping[str, Any]) -> _Answer:
    """Put records whatever their sizes."""
    records = data.get("Records") or []
    sizes = [_size(record) for record in records]
    if max(sizes, default=0) <= _MINISTACKS and sum(sizes) <= 5 * _MIB:
        return _whole(_put_records(data))
    named = {name: data[name] for name in ("StreamName", "StreamARN") if name in data}
    answers = [put_record({**record, **named}) for record in records]
    if failed := [answer for answer in answers if answer[0] != 200]:
        return failed[0]
    put = [json.loads(body) for _, _, body in answers]
    return 200, answers[0][1], json.dumps({"FailedRecordCount": 0, "Records": put}).encode()


async def handle_request(method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any) -> Any:
    """Reject what is larger than its stream or a call allows, before any shard counts it."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    is_put = operation in {"PutRecord", "PutRecords"} and "cbor" not in headers.get("content-type", "")
    rejected = _rejected(json.loads(body or b"{}")) if is_put else None
    return rejected or await _handle_request(method, path, headers, body, query_params)


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    global _handle_request  # noqa: PLW0603  (what was installed before)
    _handle_request = kinesis.handle_request
    kinesis._put_record, kinesis._put_records, kinesis.handle_request = put_record, put_records, handle_request


def _put_large(data: Mapping[str, Any], stream: dict[str, Any]) -> _Answer:
    """Put a record without its data, and then its data where it was put."""
    forward = firehose.ingest_from_kinesis_source
    firehose.ingest_from_kinesis_source = lambda *_: None
    try:
        answer = _whole(_put_record({**data, "Data": ""}))
    finally:
        firehose.ingest_from_kinesis_source = forward
    if answer[0] == 200:
        put = json.loads(answer[2])
        record = stream["shards"][put["ShardId"]]["records"][-1]
        record["Data"] = data["Data"]
    return answer


def _size(record: Mapping[str, Any]) -> int:
    try:
        return len(base64.b64decode(record.get("Data") or "")) + len((record.get("PartitionKey") or "").encode())
    except (binascii.Error, ValueError):
        return 0


def _rejected(data: Mapping[str, Any]) -> _Answer | None:
    _, stream = kinesis._resolve_stream(data)
    most = 1024 * int((stream or {}).get("MaxRecordSizeInKiB") or 1024)
    sizes = [_size(record) for record in data.get("Records") or [data]]
    if max(sizes) > most:
        constraint = f"Member must have length less than or equal to {most}"
        return _error(f"1 validation error detected: Value at 'data' failed to satisfy constraint: {constraint}")
    return _error("Records total payload size exceeds 10 MiB limit") if sum(sizes) > 10 * _MIB else None


def _error(message: str) -> _Answer:
    return _whole(error_response_json("ValidationException", message, 400))


def _whole(answer: Any) -> _Answer:
    found: _Answer = answer
    return found
