"""Firehose: delivery from a Kinesis data stream to one destination.

A destination is named by the stem of AWS's own member names, such as "ExtendedS3Destination": its settings are called
ExtendedS3DestinationConfiguration when a stream is created, …Update when they are changed, …Description when read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none, list_tags
from portal.aws.firehose_settings import creation_request, update_request
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class DeliveryStream:
    """A Firehose stream; `status` is CREATING, CREATING_FAILED, ACTIVE, DELETING or DELETING_FAILED.

    `destination` is the stem of its kind, `settings` what AWS describes of it, in AWS's shape.
    """

    name: str
    arn: str
    status: str
    version_id: str
    destination_id: str
    source_stream_arn: str | None
    failure: str | None
    destination: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def describe_delivery_stream(aws: AwsSession, name: str) -> DeliveryStream | None:
    """Return a Firehose stream, or None.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_DescribeDeliveryStream.html
    """
    answer = get_or_none(aws, "firehose", "DescribeDeliveryStream", DeliveryStreamName=name)
    return None if answer is None else _delivery(answer["DeliveryStreamDescription"])


def create_delivery_stream(
    aws: AwsSession,
    name: str,
    *,
    stream_arn: str,
    role_arn: str,
    destination: str,
    configuration: Mapping[str, Any],
    tags: Mapping[str, str],
) -> None:
    """Ask for delivery of a data stream; it is CREATING first and starts at LATEST.

    Raises AwsFault (PROPAGATING while Firehose cannot assume a new role, CONFLICT when the name exists).
    https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html
    """
    request = creation_request(
        name, stream_arn=stream_arn, role_arn=role_arn, destination=destination, configuration=configuration, tags=tags
    )
    call(aws, "firehose", "CreateDeliveryStream", **request)


def update_destination(aws: AwsSession, present: DeliveryStream, configuration: Mapping[str, Any]) -> None:
    """Bring a Firehose stream's settings to a configuration of the same kind; `present` is as just described.

    Excludes what AWS cannot change once it exists (a VPC, the backup mode of OpenSearch).
    Raises AwsFault (CONFLICT when it was changed meanwhile: describe it again).
    https://docs.aws.amazon.com/firehose/latest/APIReference/API_UpdateDestination.html
    """
    call(
        aws,
        "firehose",
        "UpdateDestination",
        DeliveryStreamName=present.name,
        CurrentDeliveryStreamVersionId=present.version_id,
        DestinationId=present.destination_id,
        **update_request(present.destination, configuration),
    )


def delivery_tags(aws: AwsSession, name: str) -> dict[str, str]:
    """Return the tags of a Firehose stream.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListTagsForDeliveryStream.html
    """
    return list_tags(aws, "firehose", "ListTagsForDeliveryStream", DeliveryStreamName=name)


def tag_delivery_stream(aws: AwsSession, name: str, tags: Mapping[str, str]) -> None:
    """Add tags to a Firehose stream; those of other keys stay.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_TagDeliveryStream.html
    """
    wanted = [{"Key": key, "Value": value} for key, value in tags.items()]
    call(aws, "firehose", "TagDeliveryStream", DeliveryStreamName=name, Tags=wanted)


def delete_delivery_stream(aws: AwsSession, name: str, *, force: bool = False) -> None:
    """Delete a Firehose stream; one that is absent is fine. Raises AwsFault (CONFLICT while it is CREATING).

    With `force` also one whose grant on a KMS key cannot be retired, which is DELETING_FAILED without it.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeleteDeliveryStream.html
    """
    forced = {"AllowForceDelete": True} if force else {}
    delete_if_exists(aws, "firehose", "DeleteDeliveryStream", DeliveryStreamName=name, **forced)


def _delivery(raw: Mapping[str, Any]) -> DeliveryStream:
    first = raw["Destinations"][0] if raw.get("Destinations") else {}
    destination, settings = _settings(first)
    return DeliveryStream(
        name=raw["DeliveryStreamName"],
        arn=raw["DeliveryStreamARN"],
        status=raw["DeliveryStreamStatus"],
        version_id=raw["VersionId"],
        destination_id=first.get("DestinationId", ""),
        source_stream_arn=_source(raw),
        failure=_failure(raw),
        destination=destination,
        settings=settings,
    )


def _settings(first: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    # A stream into S3 is described twice, the older way too: the extended description has everything.
    described = {key.removesuffix("Description"): value for key, value in first.items() if key.endswith("Description")}
    if len(described) > 1:
        described.pop("S3Destination", None)
    return next(iter(described.items()), ("", {}))


def _source(raw: Mapping[str, Any]) -> str | None:
    source = raw.get("Source", {}).get("KinesisStreamSourceDescription", {}).get("KinesisStreamARN")
    return None if source is None else str(source)


def _failure(raw: Mapping[str, Any]) -> str | None:
    failure = raw.get("FailureDescription")
    return None if not failure else f"{failure.get('Type', '')}: {failure.get('Details', '')}"
