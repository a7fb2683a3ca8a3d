"""The settings of a Firehose stream: as requests name them, and compared with what AWS describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.loaders import create_loader
from botocore.model import ServiceModel

# A setting that goes by another name in an update or a description.
_IN_UPDATES = {"S3Configuration": "S3Update", "S3BackupConfiguration": "S3BackupUpdate"}
_IN_DESCRIPTIONS = {
    "S3Configuration": "S3DestinationDescription",
    "S3BackupConfiguration": "S3BackupDescription",
    "VpcConfiguration": "VpcConfigurationDescription",
}


@dataclass(frozen=True, slots=True)
class SettingDiffers:
    """One setting that is not as wanted: its path in AWS's shape, such as "BufferingHints.SizeInMBs"."""

    path: str
    wanted: Any
    found: Any


def creation_request(
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


def update_request(destination: str, configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return what UpdateDestination takes for a configuration, beside the stream's name and version."""
    shape: Any = _service_model().shape_for(f"{destination}Update")
    members = shape.members
    named = {key if key in members else _IN_UPDATES.get(key, key): value for key, value in configuration.items()}
    return {f"{destination}Update": {key: value for key, value in named.items() if key in members}}


@cache
def _service_model() -> ServiceModel:
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
