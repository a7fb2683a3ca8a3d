"""MiniStack's Kinesis with what it forgets: shard-level metrics in a description, and the tags of CreateStream."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import kinesis

_Answer = tuple[int, dict[str, str], bytes]
_create_stream, _describe_stream_summary = kinesis._create_stream, kinesis._describe_stream_summary


def create_stream(data: Mapping[str, Any]) -> _Answer:
    """Create a stream with its tags, in one call.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
    """
    answer: _Answer = _create_stream(data)
    if answer[0] == 200:
        kinesis._streams[data["StreamName"]]["tags"].update(data.get("Tags") or {})
    return answer


def describe_stream_summary(data: Mapping[str, Any]) -> _Answer:
    """Describe a stream together with the shard-level metrics that are on.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
    """
    status, headers, body = _describe_stream_summary(data)
    if status != 200:
        return status, headers, body
    answer = json.loads(body)
    summary = answer["StreamDescriptionSummary"]
    metrics = kinesis._streams[summary["StreamName"]].get("ShardLevelMetrics", [])
    summary["EnhancedMonitoring"] = [{"ShardLevelMetrics": metrics}]
    return status, headers, json.dumps(answer).encode()


def install() -> None:
    """Put both in place of MiniStack's own, for this process."""
    kinesis._create_stream = create_stream
    kinesis._describe_stream_summary = describe_stream_summary
