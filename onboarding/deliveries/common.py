"""What the kinds of destination share: parts of their configuration in AWS's shape, and rules of single fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from onboarding.deliveries.destination import Buffering, Field, Place

if TYPE_CHECKING:
    from onboarding.deliveries.delivery import Delivery

RETRY = Field("retry for, in seconds")
BACKUP = Field("what is kept in the bucket", "From now on; what is there stays.")
SOURCE_BACKUP = Field("prefix of the records as they came", "New files only. The role follows.", is_one_way=True)
FIXED = "AWS fixes this when the Firehose stream is made."
MOST_RETRY_SECONDS = 7_200
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:[\w/+=.@!-]+")


def logging_to(place: Place) -> dict[str, Any]:
    """Return the CloudWatchLoggingOptions of a place: errors go to a log stream that exists."""
    return {"Enabled": True, "LogGroupName": place.log_group, "LogStreamName": place.log_stream}


def hints(delivery: Delivery) -> dict[str, int]:
    """Return a delivery's BufferingHints; AWS wants both or neither."""
    return {"SizeInMBs": delivery.buffering_mb, "IntervalInSeconds": delivery.buffering_seconds}


def bucket_settings(delivery: Delivery, place: Place, *, prefix: str | None = None) -> dict[str, Any]:
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


def secret_settings(secret_arn: str, place: Place) -> dict[str, Any]:
    """Return the SecretsManagerConfiguration that lets Firehose's own role read a secret."""
    return {"Enabled": True, "SecretARN": secret_arn, "RoleARN": place.role_arn}


def lambda_settings(delivery: Delivery) -> list[dict[str, Any]]:
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


def processing(processors: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a ProcessingConfiguration; without processors it is switched off."""
    return {"Enabled": bool(processors), "Processors": processors} if processors else {"Enabled": False}


def secret_problems(path: str, secret_arn: str, place: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the ARN of a secret; nothing that was typed is repeated."""
    found = _SECRET.fullmatch(secret_arn)
    if found is None:
        yield (
            path,
            "Give the ARN of a secret in AWS Secrets Manager, which begins with arn:aws:secretsmanager:. "
            "Never put the secret itself here.",
        )
        return
    yield from place_problems(path, "secret", found[1], found[2], place)


def arn_problems(
    path: str, arn: str, pattern: re.Pattern[str], words: str, place: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an ARN; the pattern's first two groups are its Region and its account."""
    found = pattern.fullmatch(arn)
    if found is None:
        yield path, f"This is not {words}."
        return
    yield from place_problems(path, words.rpartition("of ")[2], found[1], found[2], place)


def place_problems(
    path: str, what: str, region: str, account_id: str, place: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield that something is in another Region or account than the stream."""
    what = what.removeprefix("an ").removeprefix("a ")
    if region != place["region"]:
        yield (
            path,
            f"The {what} is in {region}, and the stream in {place['region']}.",
        )
    if place.get("account_id", account_id) != account_id:
        yield path, f"The {what} belongs to another AWS account, {account_id}."


def length_problems(path: str, value: str, most: int, words: str, *, least: int = 1) -> Iterator[tuple[str, str]]:
    """Yield that a text is too short or too long."""
    if len(value) < least:
        yield path, f"{words} is missing."
    elif len(value) > most:
        yield path, f"{words} may have at most {most} letters; this has {len(value)}."


def retry_problems(seconds: int) -> Iterator[tuple[str, str]]:
    """Yield that a retry duration is outside of what AWS takes."""
    if not 0 <= seconds <= MOST_RETRY_SECONDS:
        yield "destination.retry_seconds", f"Firehose tries again for 0 to {MOST_RETRY_SECONDS:,} seconds."


def buffers(most_mb: int, most_seconds: int = 900, *, usual_mb: int = 5, usual_seconds: int = 300) -> Buffering:
    """Return a destination's range for buffering hints."""
    return Buffering(1, most_mb, most_seconds, usual_mb, usual_seconds)
