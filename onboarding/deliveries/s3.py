"""Amazon S3: files in a bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from onboarding.deliveries.destination import Buffering, Destination, Place

if TYPE_CHECKING:
    from onboarding.deliveries.delivery import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class S3(Destination):
    """Files in the delivery's own bucket."""

    kind: str = "s3"

    TITLE: ClassVar[str] = "Amazon S3"
    MEMBER: ClassVar[str] = "ExtendedS3Destination"
    BUFFERING: ClassVar[Buffering] = Buffering(least_mb=1, most_mb=128, most_seconds=900)

    def where(self, delivery: Delivery) -> str:
        """Return the bucket."""
        return f"bucket {delivery.bucket}"

    def configuration(self, delivery: Delivery, place: Place) -> dict[str, Any]:
        """Return ExtendedS3DestinationConfiguration."""
        return {
            "RoleARN": place.role_arn,
            "BucketARN": place.bucket_arn,
            "Prefix": delivery.prefix,
            "ErrorOutputPrefix": delivery.error_prefix,
            "BufferingHints": {"SizeInMBs": delivery.buffering_mb, "IntervalInSeconds": delivery.buffering_seconds},
            "CompressionFormat": delivery.compression,
            "CloudWatchLoggingOptions": logging_to(place),
        }


def logging_to(place: Place) -> dict[str, Any]:
    """Return the CloudWatchLoggingOptions of a place: errors go to a log stream that exists."""
    return {"Enabled": True, "LogGroupName": place.log_group, "LogStreamName": place.log_stream}
