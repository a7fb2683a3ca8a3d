"""Kinesis Data Streams: the data stream itself, with its tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none, list_tags
from portal.aws.session import AwsSession
from portal.aws.stream_settings import SHARD_LEVEL_METRICS, SMALLEST_RECORD_LIMIT


@dataclass(frozen=True, slots=True)
class Stream:
    """A data stream; `status` is CREATING, ACTIVE, UPDATING or DELETING, `mode` PROVISIONED or ON_DEMAND."""

    name: str
    arn: str
    status: str
    mode: str
    open_shard_count: int
    retention_hours: int
    encryption_type: str
    key_id: str | None
    shard_level_metrics: frozenset[str]
    created_at: datetime
    consumer_count: int = 0
    max_record_kib: int = 1024


def describe_stream(aws: AwsSession, name: str) -> Stream | None:
    """Return a data stream, or None.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
    """
    answer = get_or_none(aws, "kinesis", "DescribeStreamSummary", StreamName=name)
    return None if answer is None else _stream(answer["StreamDescriptionSummary"])


def create_stream(
    aws: AwsSession,
    name: str,
    *,
    mode: str,
    shard_count: int | None,
    tags: Mapping[str, str],
    max_record_kib: int = SMALLEST_RECORD_LIMIT,
) -> None:
    """Create a data stream, which is CREATING first. `shard_count` is None for ON_DEMAND.

    Raises AwsFault (CONFLICT when the name exists, QUOTA when the account has no shards left).
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
    """
    request: dict[str, Any] = {} if shard_count is None else {"ShardCount": shard_count}
    if max_record_kib != SMALLEST_RECORD_LIMIT:
        request["MaxRecordSizeInKiB"] = max_record_kib
    call(
        aws,
        "kinesis",
        "CreateStream",
        StreamName=name,
        StreamModeDetails={"StreamMode": mode},
        Tags=dict(tags),
        **request,
    )


def stream_tags(aws: AwsSession, name: str) -> dict[str, str]:
    """Return the tags of a data stream.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html
    """
    return list_tags(aws, "kinesis", "ListTagsForStream", StreamName=name)


def tag_stream(aws: AwsSession, name: str, tags: Mapping[str, str]) -> None:
    """Add tags to a data stream; other tags are kept. Raises AwsFault (CONFLICT until it is ACTIVE).

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html
    """
    call(aws, "kinesis", "AddTagsToStream", StreamName=name, Tags=dict(tags))


def untag_stream(aws: AwsSession, name: str, keys: Iterable[str]) -> None:
    """Remove the tags with these keys from a data stream; other tags are kept.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RemoveTagsFromStream.html
    """
    call(aws, "kinesis", "RemoveTagsFromStream", StreamName=name, TagKeys=sorted(keys))


def delete_stream(aws: AwsSession, name: str) -> None:
    """Delete a data stream with its records; no error where it does not exist.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
    """
    delete_if_exists(aws, "kinesis", "DeleteStream", StreamName=name)


def _stream(raw: Mapping[str, Any]) -> Stream:
    return Stream(
        name=raw["StreamName"],
        arn=raw["StreamARN"],
        status=raw["StreamStatus"],
        mode=raw.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED"),
        open_shard_count=raw["OpenShardCount"],
        retention_hours=raw["RetentionPeriodHours"],
        encryption_type=raw.get("EncryptionType") or "NONE",
        key_id=raw.get("KeyId"),
        shard_level_metrics=_metrics(raw.get("EnhancedMonitoring", ())),
        created_at=raw["StreamCreationTimestamp"],
        consumer_count=raw.get("ConsumerCount", 0),
        max_record_kib=raw.get("MaxRecordSizeInKiB") or SMALLEST_RECORD_LIMIT,
    )


def _metrics(monitoring: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    named = frozenset(name for entry in monitoring for name in entry.get("ShardLevelMetrics", ()))
    return SHARD_LEVEL_METRICS if "ALL" in named else named
