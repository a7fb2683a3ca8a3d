"""Firehose: delivery from a Kinesis data stream to one destination.

A destination is named by the stem of AWS's own member names, such as "ExtendedS3Destination": its settings are called
ExtendedS3DestinationConfiguration when they are asked for, …Update when they are changed, …Description when read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from botocore.loaders import create_loader
from botocore.model import ServiceModel

from portal.aws.calls import call, delete_if_exists, get_or_none
from portal.aws.session import AwsSession

# A setting that goes by another name in an update or a description.
_IN_UPDATES = {"S3Configuration": "S3Update", "S3BackupConfiguration": "S3BackupUpdate"}
_IN_DESCRIPTIONS = {
    "S3Configuration": "S3DestinationDescription",
    "S3BackupConfiguration": "S3BackupDescription",
    "VpcConfiguration": "VpcConfigurationDescription",
}


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


@dataclass(frozen=True, slots=True)
class SettingDiffers:
    """One setting that is not as wanted: its path in AWS's shape, such as "BufferingHints.SizeInMBs"."""

    path: str
    wanted: Any
    found: Any


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
    asked = creation(
        name, stream_arn=stream_arn, role_arn=role_arn, destination=destination, configuration=configuration, tags=tags
    )
    call(aws, "firehose", "CreateDeliveryStream", **asked)


def creation(
    name: str,
    *,
    stream_arn: str,
    role_arn: str,
    destination: str,
    configuration: Mapping[str, Any],
    tags: Mapping[str, str],
) -> dict[str, Any]:
    """Return what CreateDeliveryStream takes for delivery of a data stream."""
    return {
        "DeliveryStreamName": name,
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {"KinesisStreamARN": stream_arn, "RoleARN": role_arn},
        f"{destination}Configuration": dict(configuration),
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


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
        **update(present.destination, configuration),
    )


def update(destination: str, configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return what UpdateDestination takes for a configuration, beside the stream's name and version."""
    shape: Any = _shapes().shape_for(f"{destination}Update")
    members = shape.members
    named = {key if key in members else _IN_UPDATES.get(key, key): value for key, value in configuration.items()}
    return {f"{destination}Update": {key: value for key, value in named.items() if key in members}}


@cache
def _shapes() -> ServiceModel:
    return ServiceModel(create_loader().load_service_model("firehose", "service-2"))


def differing_settings(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[SettingDiffers]:
    """Return every setting of a configuration that a description does not repeat.

    What is not wanted is not compared: AWS fills in defaults of its own.
    """
    return list(_differing(wanted, found, ""))


def _differing(wanted: Mapping[str, Any], found: Mapping[str, Any], at: str) -> Iterator[SettingDiffers]:
    for key, value in wanted.items():
        there = found.get(key, found.get(_IN_DESCRIPTIONS.get(key, key)))
        path = f"{at}.{key}" if at else key
        if isinstance(value, Mapping):
            yield from _differing(value, there if isinstance(there, Mapping) else {}, path)
        elif isinstance(value, list) and isinstance(there, list):
            # Of a Lambda processor AWS also lists what it filled in: the role that calls the function.
            more = len(there) - len(value)
            if more < 0 or (more and key != "Parameters") or not all(_is_among(entry, there) for entry in value):
                yield SettingDiffers(path, value, there)
        elif value != there and not (value in ("", [], None, False) and not there):
            yield SettingDiffers(path, value, there)


def _is_among(wanted: Any, found: list[Any]) -> bool:
    # AWS may list in another order, and add to an item what it filled in.
    if isinstance(wanted, Mapping):
        return any(not list(_differing(wanted, entry, "")) for entry in found if isinstance(entry, Mapping))
    return wanted in found


def delivery_tags(aws: AwsSession, name: str) -> dict[str, str]:
    """Return the tags of a Firehose stream.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListTagsForDeliveryStream.html
    """
    tags: dict[str, str] = {}
    more: dict[str, str] = {}
    while True:
        answer = call(aws, "firehose", "ListTagsForDeliveryStream", DeliveryStreamName=name, **more)
        tags |= {tag["Key"]: tag.get("Value", "") for tag in answer["Tags"]}
        if not answer["HasMoreTags"]:
            return tags
        more = {"ExclusiveStartTagKey": answer["Tags"][-1]["Key"]}


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
