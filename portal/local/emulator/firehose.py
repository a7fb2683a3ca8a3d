"""MiniStack's Firehose with destinations described and changed as AWS does it.

MiniStack keeps whatever it is asked for, and tells of S3 and HTTP destinations only half of it, of the others under the
names of the request, secrets included.
https://docs.aws.amazon.com/firehose/latest/APIReference/API_DestinationDescription.html
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import firehose

_STEMS = {"AmazonOpenSearch": "Amazonopensearchservice"}
_DESCRIBED = {
    "S3Configuration": "S3DestinationDescription",
    "S3BackupConfiguration": "S3BackupDescription",
    "VpcConfiguration": "VpcConfigurationDescription",
}
_UPDATED = {"S3Update": "S3Configuration", "S3BackupUpdate": "S3BackupConfiguration"}
_NEVER_DESCRIBED = {"Password", "HECToken", "AccessKey", "PrivateKey", "KeyPassphrase"}
_USUAL: dict[str, Any] = {
    "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
    "CompressionFormat": "UNCOMPRESSED",
    "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
    "CloudWatchLoggingOptions": {"Enabled": False},
}
_their_update = firehose._resolve_dest_update_config


def describe(destination: Mapping[str, Any]) -> dict[str, Any]:
    """Return a destination as DescribeDeliveryStream tells it: nothing secret, what was left out as AWS fills it in."""
    kind = destination["type"]
    described = _description(destination["config"])
    if kind in {"ExtendedS3", "S3"}:
        described = {**_USUAL, "S3BackupMode": "Disabled", **described}
    stem = _STEMS.get(kind, kind)
    return {"DestinationId": destination["id"], f"{stem}DestinationDescription": described}


def update(data: Mapping[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    """Return the kind and the settings of an update, under the names in which they were first asked for."""
    kind, settings = _their_update(data)
    if settings is None:
        return kind, None
    return kind, {_UPDATED.get(key, key): value for key, value in settings.items()}


def _description(settings: Mapping[str, Any]) -> dict[str, Any]:
    described = {_DESCRIBED.get(key, key): value for key, value in settings.items() if key not in _NEVER_DESCRIBED}
    for name in ("S3DestinationDescription", "S3BackupDescription"):
        if name in described:
            described[name] = {**_USUAL, **described[name]}
    if "EndpointConfiguration" in described:
        described["EndpointConfiguration"] = _description(described["EndpointConfiguration"])
    return described


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    firehose._dest_description = describe
    firehose._resolve_dest_update_config = update
