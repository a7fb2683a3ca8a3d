"""Kinesis Data Streams: the data stream and its settings. Records and shards: see records.py, exported here too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none
from portal.aws.records import (
    DataRecord,
    PutReceipt,
    RecordBatch,
    Shard,
    get_records,
    list_shards,
    put_record,
    put_records,
    shard_iterator,
)
from portal.aws.session import AwsSession

__all__ = [
    "SHARD_LEVEL_METRICS",
    "DataRecord",
    "PutReceipt",
    "RecordBatch",
    "Shard",
    "Stream",
    "create_stream",
    "delete_stream",
    "describe_stream",
    "disable_shard_level_metrics",
    "enable_shard_level_metrics",
    "get_records",
    "list_shards",
    "put_record",
    "put_records",
    "set_retention",
    "shard_iterator",
    "start_encryption",
    "stop_encryption",
    "stream_tags",
    "switch_mode",
    "tag_stream",
    "untag_stream",
    "update_max_record_size",
    "update_shard_count",
]

# In KiB, data before base64 and partition key together; the least is what a stream has by itself.
# https://docs.aws.amazon.com/streams/latest/dev/large-records.html
SMALLEST_RECORD_LIMIT, LARGEST_RECORD_LIMIT = 1024, 10_240

# https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
SHARD_LEVEL_METRICS = frozenset(
    {
        "IncomingBytes",
        "IncomingRecords",
        "OutgoingBytes",
        "OutgoingRecords",
        "WriteProvisionedThroughputExceeded",
        "ReadProvisionedThroughputExceeded",
        "IteratorAgeMilliseconds",
    }
)


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
    asked: dict[str, Any] = {} if shard_count is None else {"ShardCount": shard_count}
    if max_record_kib != SMALLEST_RECORD_LIMIT:
        asked["MaxRecordSizeInKiB"] = max_record_kib
    call(
        aws,
        "kinesis",
        "CreateStream",
        StreamName=name,
        StreamModeDetails={"StreamMode": mode},
        Tags=dict(tags),
        **asked,
    )


def stream_tags(aws: AwsSession, name: str) -> dict[str, str]:
    """Return the tags of a data stream.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html
    """
    tags: dict[str, str] = {}
    more: dict[str, str] = {}
    while True:
        answer = call(aws, "kinesis", "ListTagsForStream", StreamName=name, **more)
        tags |= {tag["Key"]: tag.get("Value", "") for tag in answer["Tags"]}
        if not answer["HasMoreTags"]:
            return tags
        more = {"ExclusiveStartTagKey": answer["Tags"][-1]["Key"]}


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


def switch_mode(aws: AwsSession, arn: str, mode: str) -> None:
    """Switch a data stream between PROVISIONED and ON_DEMAND, at most twice in 24 hours. Raises AwsFault (QUOTA).

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html
    """
    call(aws, "kinesis", "UpdateStreamMode", StreamARN=arn, StreamModeDetails={"StreamMode": mode})


def update_max_record_size(aws: AwsSession, arn: str, kib: int) -> None:
    """Set how large a record may be, 1,024 to 10,240 KiB.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html
    """
    call(aws, "kinesis", "UpdateMaxRecordSize", StreamARN=arn, MaxRecordSizeInKiB=kib)


def set_retention(aws: AwsSession, name: str, *, current_hours: int, wanted_hours: int) -> None:
    """Set the retention period, 24 to 8,760 hours; shortening it deletes older records at once.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html
    """
    if wanted_hours == current_hours:
        return
    direction = "Increase" if wanted_hours > current_hours else "Decrease"
    call(aws, "kinesis", f"{direction}StreamRetentionPeriod", StreamName=name, RetentionPeriodHours=wanted_hours)


def update_shard_count(aws: AwsSession, name: str, target: int) -> None:
    """Change the number of open shards, to between half and twice the current one; at most ten times in 24 hours.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
    """
    call(aws, "kinesis", "UpdateShardCount", StreamName=name, TargetShardCount=target, ScalingType="UNIFORM_SCALING")


def enable_shard_level_metrics(aws: AwsSession, name: str, metrics: Iterable[str] = SHARD_LEVEL_METRICS) -> None:
    """Enable shard-level metrics; CloudWatch bills each as a custom metric per shard.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html
    """
    call(aws, "kinesis", "EnableEnhancedMonitoring", StreamName=name, ShardLevelMetrics=sorted(metrics))


def disable_shard_level_metrics(aws: AwsSession, name: str, metrics: Iterable[str] = SHARD_LEVEL_METRICS) -> None:
    """Disable shard-level metrics.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DisableEnhancedMonitoring.html
    """
    call(aws, "kinesis", "DisableEnhancedMonitoring", StreamName=name, ShardLevelMetrics=sorted(metrics))


def start_encryption(aws: AwsSession, name: str, key_id: str) -> None:
    """Encrypt new records with a KMS key: a key ARN, or "alias/aws/kinesis".

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
    """
    call(aws, "kinesis", "StartStreamEncryption", StreamName=name, EncryptionType="KMS", KeyId=key_id)


def stop_encryption(aws: AwsSession, name: str, key_id: str) -> None:
    """Stop encrypting new records; `key_id` is the key in use.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StopStreamEncryption.html
    """
    call(aws, "kinesis", "StopStreamEncryption", StreamName=name, EncryptionType="KMS", KeyId=key_id)


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
