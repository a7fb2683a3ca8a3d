"""Records that arrived earlier: a PutRecord whose header says when is kept as if it had been put then.

Only the emulator reads the header. So a test finds a record of yesterday without waiting for a day.
"""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from ministack.services import kinesis

ARRIVED_AT = "x-sluice-arrived-at"
_Answer = tuple[int, dict[str, str], bytes]
_arrived_at: ContextVar[float] = ContextVar("arrived_at", default=0.0)
_put_record = kinesis._put_record
_handle_request = kinesis.handle_request


async def handle_request(method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any) -> Any:
    """Note when the record of the request arrived, in seconds since 1970."""
    _arrived_at.set(float(headers.get(ARRIVED_AT) or 0))
    return await _handle_request(method, path, headers, body, query_params)


def put_record(data: Mapping[str, Any]) -> _Answer:
    """Put a record, and move it to where it would be if it had arrived earlier."""
    answer: _Answer = _put_record(data)
    moment = _arrived_at.get()
    if not moment or answer[0] != 200:
        return answer
    _, stream = kinesis._resolve_stream(data)
    put = json.loads(answer[2])
    shard = stream["shards"][put["ShardId"]]
    record = next(record for record in shard["records"] if record["SequenceNumber"] == put["SequenceNumber"])
    # MiniStack's sequence numbers begin with the time, and so does the shard's first one.
    number = f"{int(moment * 1000):020d}{put['SequenceNumber'][20:]}"
    record |= {"SequenceNumber": number, "ApproximateArrivalTimestamp": moment}
    shard["records"].sort(key=lambda record: str(record["SequenceNumber"]))
    shard["starting_sequence_number"] = min(number, str(shard["starting_sequence_number"]))
    return answer[0], answer[1], json.dumps({**put, "SequenceNumber": number}).encode()


def install() -> None:
    """Put it in front of what is installed, for this process."""
    global _put_record, _handle_request
    _put_record, _handle_request = kinesis._put_record, kinesis.handle_request
    kinesis._put_record, kinesis.handle_request = put_record, handle_request
