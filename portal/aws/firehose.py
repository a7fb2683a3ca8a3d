"""Firehose: delivery from a Kinesis data stream into an S3 bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import call, found, gone
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class DeliveryStream:
    """A Firehose stream; `status` is CREATING, CREATING_FAILED, ACTIVE, DELETING or DELETING_FAILED."""

    name: str
    arn: str
    status: str
    version_id: str
    destination_id: str
    source_stream_arn: str | None
    bucket_arn: str
    prefix: str
    buffering_mb: int
    buffering_seconds: int
    compression: str
    failure: str | None
    role_arn: str = ""
    error_prefix: str = ""


def describe_delivery_stream(aws: AwsSession, name: str) -> DeliveryStream | None:
    """Return a Firehose stream that delivers to S3, or None.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_DescribeDeliveryStream.html
    """
    answer = found(aws, "firehose", "DescribeDeliveryStream", DeliveryStreamName=name)
    return None if answer is None else _delivery(answer["DeliveryStreamDescription"])


def create_s3_delivery(
    aws: AwsSession,
    name: str,
    *,
    stream_arn: str,
    role_arn: str,
    bucket_arn: str,
    prefix: str,
    error_prefix: str,
    buffering_mb: int,
    buffering_seconds: int,
    compression: str,
    log_group: str,
    log_stream: str,
    tags: Mapping[str, str],
) -> None:
    """Ask for delivery of a data stream into a bucket; it is CREATING first and starts at LATEST.

    Raises AwsFault (PROPAGATING while Firehose cannot assume a new role, CONFLICT when the name exists).
    https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html
    """
    destination = _destination(
        role_arn=role_arn,
        bucket_arn=bucket_arn,
        prefix=prefix,
        error_prefix=error_prefix,
        buffering_mb=buffering_mb,
        buffering_seconds=buffering_seconds,
        compression=compression,
    )
    destination["CloudWatchLoggingOptions"] = {
        "Enabled": True,
        "LogGroupName": log_group,
        "LogStreamName": log_stream,
    }
    call(
        aws,
        "firehose",
        "CreateDeliveryStream",
        DeliveryStreamName=name,
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": stream_arn, "RoleARN": role_arn},
        ExtendedS3DestinationConfiguration=destination,
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )


def update_s3_delivery(
    aws: AwsSession,
    present: DeliveryStream,
    *,
    role_arn: str,
    bucket_arn: str,
    prefix: str,
    error_prefix: str,
    buffering_mb: int,
    buffering_seconds: int,
    compression: str,
) -> None:
    """Change where and how a Firehose stream delivers; `present` is as just described.

    Raises AwsFault (CONFLICT when somebody changed it meanwhile: describe it anew).
    https://docs.aws.amazon.com/firehose/latest/APIReference/API_UpdateDestination.html
    """
    call(
        aws,
        "firehose",
        "UpdateDestination",
        DeliveryStreamName=present.name,
        CurrentDeliveryStreamVersionId=present.version_id,
        DestinationId=present.destination_id,
        ExtendedS3DestinationUpdate=_destination(
            role_arn=role_arn,
            bucket_arn=bucket_arn,
            prefix=prefix,
            error_prefix=error_prefix,
            buffering_mb=buffering_mb,
            buffering_seconds=buffering_seconds,
            compression=compression,
        ),
    )


def delivery_tags(aws: AwsSession, name: str) -> dict[str, str]:
    """Return the tags of a Firehose stream.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListTagsForDeliveryStream.html
    """
    tags: dict[str, str] = {}
    more: dict[str, str] = {}
    while True:
        answer = call(aws, "firehose", "ListTagsForDeliveryStream", DeliveryStreamName=name, **more)
        tags |= {one["Key"]: one.get("Value", "") for one in answer["Tags"]}
        if not answer["HasMoreTags"]:
            return tags
        more = {"ExclusiveStartTagKey": answer["Tags"][-1]["Key"]}


def tag_delivery_stream(aws: AwsSession, name: str, tags: Mapping[str, str]) -> None:
    """Add tags to a Firehose stream; those of other keys stay.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_TagDeliveryStream.html
    """
    wanted = [{"Key": key, "Value": value} for key, value in tags.items()]
    call(aws, "firehose", "TagDeliveryStream", DeliveryStreamName=name, Tags=wanted)


def delete_delivery_stream(aws: AwsSession, name: str) -> None:
    """Delete a Firehose stream; one that is absent is fine. Raises AwsFault (CONFLICT while it is CREATING).

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeleteDeliveryStream.html
    """
    gone(aws, "firehose", "DeleteDeliveryStream", DeliveryStreamName=name)


def _destination(
    *,
    role_arn: str,
    bucket_arn: str,
    prefix: str,
    error_prefix: str,
    buffering_mb: int,
    buffering_seconds: int,
    compression: str,
) -> dict[str, Any]:
    return {
        "RoleARN": role_arn,
        "BucketARN": bucket_arn,
        "Prefix": prefix,
        "ErrorOutputPrefix": error_prefix,
        "BufferingHints": {"SizeInMBs": buffering_mb, "IntervalInSeconds": buffering_seconds},
        "CompressionFormat": compression,
    }


def _delivery(raw: Mapping[str, Any]) -> DeliveryStream:
    first = raw["Destinations"][0] if raw.get("Destinations") else {}
    s3 = first.get("ExtendedS3DestinationDescription") or first.get("S3DestinationDescription") or {}
    hints = s3.get("BufferingHints", {})
    return DeliveryStream(
        name=raw["DeliveryStreamName"],
        arn=raw["DeliveryStreamARN"],
        status=raw["DeliveryStreamStatus"],
        version_id=raw["VersionId"],
        destination_id=first.get("DestinationId", ""),
        source_stream_arn=_source(raw),
        bucket_arn=s3.get("BucketARN", ""),
        prefix=s3.get("Prefix", ""),
        buffering_mb=hints.get("SizeInMBs", 5),
        buffering_seconds=hints.get("IntervalInSeconds", 300),
        compression=s3.get("CompressionFormat", "UNCOMPRESSED"),
        failure=_failure(raw),
        role_arn=s3.get("RoleARN", ""),
        error_prefix=s3.get("ErrorOutputPrefix", ""),
    )


def _source(raw: Mapping[str, Any]) -> str | None:
    source = raw.get("Source", {}).get("KinesisStreamSourceDescription", {}).get("KinesisStreamARN")
    return None if source is None else str(source)


def _failure(raw: Mapping[str, Any]) -> str | None:
    failure = raw.get("FailureDescription")
    return None if not failure else f"{failure.get('Type', '')}: {failure.get('Details', '')}"
