"""What every delivery has in common, whatever its destination: its bucket, prefixes, buffering and transformation."""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.deliveries import s3_prefix
from onboarding.deliveries.transform import Transform


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """A Firehose stream without its destination. Buffering in MB and seconds, whichever comes first.

    `bucket` holds the files of an S3 destination, and of any other what could not be delivered or is staged there.
    `bucket_encryption` is "s3", "aws" or the ARN of a KMS key. `log_retention_days` is for how many days the log group
    keeps delivery errors, 0 for ever; None leaves it as it is in the account, like a delivery from before this setting.
    """

    name: str
    bucket: str
    new_bucket: bool = True
    bucket_encryption: str = "s3"
    prefix: str = "sensors/!{timestamp:yyyy/MM/dd/HH}/"
    error_prefix: str = s3_prefix.DEFAULT_ERROR_PREFIX
    buffering_mb: int = 5
    buffering_seconds: int = 300
    compression: str = "GZIP"
    log_retention_days: int | None = None
    transform: Transform | None = None
