"""Parts of a configuration in AWS's shape that several kinds of destination share."""

from __future__ import annotations

from typing import Any

from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import Buffering, Place


def logging_to(place: Place) -> dict[str, Any]:
    """Return the CloudWatchLoggingOptions of a place: errors go to a log stream that exists."""
    return {"Enabled": True, "LogGroupName": place.log_group, "LogStreamName": place.log_stream}


def hints(delivery: DeliverySettings) -> dict[str, int]:
    """Return a delivery's BufferingHints; AWS wants both or neither."""
    return {"SizeInMBs": delivery.buffering_mb, "IntervalInSeconds": delivery.buffering_seconds}


def bucket_settings(delivery: DeliverySettings, place: Place, *, prefix: str | None = None) -> dict[str, Any]:
    """Return the S3DestinationConfiguration of the delivery's bucket, as backup or as staging.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_S3DestinationConfiguration.html
    """
    return {
        "RoleARN": place.role_arn,
        "BucketARN": place.bucket_arn,
        "Prefix": delivery.prefix if prefix is None else prefix,
        "ErrorOutputPrefix": delivery.error_prefix,
        "CompressionFormat": delivery.compression,
        "CloudWatchLoggingOptions": {**logging_to(place), "LogStreamName": place.backup_log_stream},
    }


def retried_with_backup(
    delivery: DeliverySettings, place: Place, *, retry_seconds: int, backup_mode: str
) -> dict[str, Any]:
    """Return the members that every destination but a bucket has: buffering, retries, backup, processing, logging."""
    return {
        "BufferingHints": hints(delivery),
        "RetryOptions": {"DurationInSeconds": retry_seconds},
        "S3BackupMode": backup_mode,
        "S3Configuration": bucket_settings(delivery, place),
        "ProcessingConfiguration": processing(lambda_settings(delivery)),
        "CloudWatchLoggingOptions": logging_to(place),
    }


def secret_settings(secret_arn: str, place: Place) -> dict[str, Any]:
    """Return the SecretsManagerConfiguration that lets Firehose's own role read a secret."""
    return {"Enabled": True, "SecretARN": secret_arn, "RoleARN": place.role_arn}


def lambda_settings(delivery: DeliverySettings) -> list[dict[str, Any]]:
    """Return the Lambda processor of a delivery, if it has one.

    https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
    """
    transform = delivery.transform
    if transform is None:
        return []
    return [
        processor(
            "Lambda",
            LambdaArn=transform.function_arn,
            NumberOfRetries=str(transform.retries),
            BufferSizeInMBs=f"{transform.buffer_mb:g}",
            BufferIntervalInSeconds=str(transform.buffer_seconds),
        )
    ]


def processor(kind: str, **parameters: str) -> dict[str, Any]:
    """Return a Processor in AWS's shape."""
    listed = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
    return {"Type": kind, "Parameters": listed}


def newline() -> dict[str, Any]:
    """Return the processor that ends each record with a newline; without it Firehose joins JSON documents.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_Processor.html
    """
    return processor("AppendDelimiterToRecord", Delimiter="\\n")


def processing(processors: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a ProcessingConfiguration; without processors it is switched off."""
    return {"Enabled": bool(processors), "Processors": processors} if processors else {"Enabled": False}


def buffers(max_mb: int, max_seconds: int = 900, *, default_mb: int = 5, default_seconds: int = 300) -> Buffering:
    """Return a destination's range for buffering hints."""
    return Buffering(1, max_mb, max_seconds, default_mb, default_seconds)
