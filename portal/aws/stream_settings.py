"""The settings of a data stream: mode, size of records, retention, shards, metrics and encryption."""

from __future__ import annotations

from collections.abc import Iterable

from portal.aws.calls import call
from portal.aws.session import AwsSession

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
