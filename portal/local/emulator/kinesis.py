"""MiniStack's Kinesis with what it forgets: the tags of CreateStream, modes, record sizes, and what AWS refuses."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import kinesis

from portal.local.emulator import resharding

_Answer = tuple[int, dict[str, str], bytes]
_create_stream = kinesis._create_stream
_summary = kinesis._describe_stream_summary
_handle_request = kinesis.handle_request
A_DAY = 24 * 3600
MOST_SHARDS = 10_000
# What an on-demand stream begins with. https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
ON_DEMAND_SHARDS = 4


def create_stream(data: Mapping[str, Any]) -> _Answer:
    """Create a stream with its tags and record size, in one call.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
    """
    if data.get("StreamModeDetails", {}).get("StreamMode") == "ON_DEMAND":
        data = {**data, "ShardCount": ON_DEMAND_SHARDS}
    answer: _Answer = _create_stream(data)
    if answer[0] == 200:
        stream = kinesis._streams[data["StreamName"]]
        stream["tags"].update(data.get("Tags") or {})
        stream["MaxRecordSizeInKiB"] = data.get("MaxRecordSizeInKiB") or 1024
    return answer


def update_stream_mode(data: Mapping[str, Any]) -> _Answer:
    """Switch the capacity mode, twice in 24 hours.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html
    """
    stream = kinesis._resolve_stream_by_arn(data.get("StreamARN", ""))
    mode = data.get("StreamModeDetails", {}).get("StreamMode")
    if stream is None:
        return _absent(data)
    if mode not in {"PROVISIONED", "ON_DEMAND"}:
        return _error(
            "ValidationException", f"Value '{mode}' at 'streamModeDetails.streamMode' is not one of the enum."
        )
    if not _has_room(stream, "mode_switches", most=2):
        return _error("LimitExceededException", "A stream's mode can be updated two times in a 24 hour period.")
    stream["StreamModeDetails"] = {"StreamMode": mode}
    return _answer({})


def update_max_record_size(data: Mapping[str, Any]) -> _Answer:
    """Set the largest record, 1,024 to 10,240 KiB.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html
    """
    stream = kinesis._resolve_stream_by_arn(data.get("StreamARN", ""))
    if stream is None:
        return _absent(data)
    size = data.get("MaxRecordSizeInKiB", 0)
    if not 1024 <= size <= 10_240:
        return _error("ValidationException", f"Value '{size}' at 'maxRecordSizeInKiB' is outside 1024 to 10240.")
    stream["MaxRecordSizeInKiB"] = size
    return _answer({})


def update_shard_count(data: Mapping[str, Any]) -> _Answer:
    """Change the number of shards by AWS's rules: provisioned only, half to twice, ten times in 24 hours.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
    """
    _, stream = kinesis._resolve_stream(data)
    if stream is None:
        return _absent(data)
    now, target = len(resharding.open_shards(stream)), int(data.get("TargetShardCount") or 0)
    if stream.get("StreamModeDetails", {}).get("StreamMode") == "ON_DEMAND":
        return _error("ValidationException", "Request is invalid. Stream is in on-demand mode.")
    if not now <= target * 2 <= now * 4 or target > MOST_SHARDS:
        message = f"UpdateShardCount cannot scale from {now} to {target}: half to double, at most {MOST_SHARDS}."
        return _error("InvalidArgumentException", message)
    if not _has_room(stream, "reshardings", most=10):
        return _error("LimitExceededException", "UpdateShardCount was called 10 times in a rolling 24 hour period.")
    resharding.reshard(stream, target)
    counts = {"CurrentShardCount": now, "TargetShardCount": target}
    return _answer({"StreamName": stream["StreamName"], "StreamARN": stream["StreamARN"], **counts})


def describe_stream_summary(data: Mapping[str, Any]) -> _Answer:
    """Return MiniStack's answer with the record size, the shard-level metrics and the open shards.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
    """
    status, headers, body = _summary(data)
    _, stream = kinesis._resolve_stream(data)
    if stream:
        answer = json.loads(body)
        answer["StreamDescriptionSummary"] |= {
            "EnhancedMonitoring": [{"ShardLevelMetrics": stream.get("ShardLevelMetrics", [])}],
            "MaxRecordSizeInKiB": stream.get("MaxRecordSizeInKiB", 1024),
            "OpenShardCount": len(resharding.open_shards(stream)),
        }
        body = json.dumps(answer).encode()
    return status, headers, body


ADDED: dict[str, Callable[[Mapping[str, Any]], _Answer]] = {
    "UpdateStreamMode": update_stream_mode,
    "UpdateMaxRecordSize": update_max_record_size,
}


async def handle_request(method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any) -> Any:
    """Answer what MiniStack does not know, and leave it the rest."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if operation in ADDED and "cbor" not in headers.get("content-type", ""):
        return ADDED[operation](json.loads(body or b"{}"))
    return await _handle_request(method, path, headers, body, query_params)


def stream_of_iterator(body: bytes, region: str, account_id: str) -> str:
    """Return the ARN of the stream that the shard iterator of a request reads, or ""."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return ""
    state = kinesis._shard_iterators.get(request.get("ShardIterator", "")) if isinstance(request, dict) else None
    return f"arn:aws:kinesis:{region}:{account_id}:stream/{state['stream']}" if state else ""


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    kinesis._create_stream = create_stream
    kinesis._update_shard_count = update_shard_count
    kinesis._describe_stream_summary = describe_stream_summary
    kinesis.handle_request = handle_request
    resharding.install()


def _has_room(stream: dict[str, Any], what: str, *, most: int) -> bool:
    """Tell whether a change may be made once more in 24 hours, and count it."""
    recent = [at for at in stream.get(what, []) if at > time.time() - A_DAY]
    if len(recent) >= most:
        return False
    stream[what] = [*recent, time.time()]
    return True


def _absent(data: Mapping[str, Any]) -> _Answer:
    return _error("ResourceNotFoundException", f"Stream {data.get('StreamARN') or data.get('StreamName')} not found.")


def _error(code: str, message: str) -> _Answer:
    answer: _Answer = error_response_json(code, message, 400)
    return answer


def _answer(plain: Mapping[str, Any]) -> _Answer:
    answer: _Answer = json_response(plain)
    return answer
