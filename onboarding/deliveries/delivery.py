"""A delivery: one Firehose stream out of the data stream, with a bucket and a destination."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from onboarding.deliveries import bucket_encryption, log_retention, s3_prefix
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import Destination, Field, Place
from onboarding.deliveries.s3 import S3
from portal.aws import names
from portal.aws.bucket_names import check_bucket_name
from portal.aws.policies.destinations import invoke_function
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

ROLE_NAME_ROOM = 64

FIELDS: dict[str, Field] = {
    "bucket_encryption": Field(Message("delivery_setting.bucket_encryption"), Message("change.bucket_encryption")),
    "prefix": Field(Message("delivery_setting.prefix"), Message("change.file_prefix")),
    "error_prefix": Field(Message("delivery_setting.error_prefix"), Message("change.files_and_role")),
    "buffering_seconds": Field(Message("delivery_setting.buffer_interval"), Message("change.buffer_interval")),
    "buffering_mb": Field(Message("delivery_setting.buffer_size"), Message("change.buffer_size")),
    "transform": Field(Message("delivery_setting.transform"), Message("change.records_and_role")),
    "compression": Field(Message("delivery_setting.compression"), Message("change.files_in_two_formats")),
    "log_retention_days": Field(
        Message("delivery_setting.log_retention"), Message("change.log_retention"), names=log_retention.NAMES
    ),
}


@dataclass(frozen=True, slots=True)
class Delivery(DeliverySettings):
    """A Firehose stream: what all deliveries have in common, and where this one delivers to."""

    destination: Destination = field(default_factory=S3)

    @property
    def log_group(self) -> str:
        """Return the name of the log group for this delivery's errors."""
        return f"/aws/kinesisfirehose/{self.name}"

    def role_name(self, integration_uid: str) -> str:
        """Return the name of the role that Firehose assumes, at most 64 letters.

        Six digits of the uid keep two streams of one name in two Regions apart: IAM's names know no Region.
        """
        whole = f"{self.name}-{integration_uid[:6]}"
        if len(whole) <= ROLE_NAME_ROOM:
            return whole
        digest = hashlib.sha256(self.name.encode()).hexdigest()[:8]
        return f"{self.name[:48]}-{digest}-{integration_uid[:6]}"

    def configuration(self, place: Place) -> dict[str, Any]:
        """Return what CreateDeliveryStream takes under `destination.MEMBER` + "Configuration"."""
        return self.destination.configuration(self, place)

    def log_streams(self, place: Place) -> list[str]:
        """Return the log streams that the configuration names; Firehose made by API does not make them itself."""
        return sorted(_log_streams(self.configuration(place)))

    def statements(self, place: Place) -> list[Statement]:
        """Return what Firehose's role needs beyond reading the stream, writing the bucket and its log group."""
        transform = [invoke_function(self.transform.function_name_arn)] if self.transform else []
        encryption = bucket_encryption.encryption_of(self.bucket_encryption)
        use_key = bucket_encryption.statements(encryption, place)
        return [*transform, *use_key, *self.destination.statements(self, place)]

    def problems(self, place: Mapping[str, str], *, name_prefix: str = "") -> Iterator[tuple[str, Message]]:
        """Yield (path within the delivery, message) for everything that AWS or the role would refuse."""
        for path, rule, value in (
            ("name", names.check_firehose_name, self.name),
            ("bucket", partial(check_bucket_name, is_new=self.new_bucket), self.bucket),
        ):
            try:
                rule(value)
            except names.InvalidName as invalid:
                yield path, invalid.message
            if not value.startswith(name_prefix):
                yield path, Message("delivery.name_outside_prefix", prefix=name_prefix)
        yield from bucket_encryption.problems(self.bucket_encryption, place)
        yield from self._prefixes()
        yield from self._buffering()
        if self.transform:
            yield from self.transform.problems(place)
        yield from self.destination.problems(self, place)

    def _prefixes(self) -> Iterator[tuple[str, Message]]:
        if problem := s3_prefix.problem_with(self.prefix):
            yield "prefix", problem
        yield from self._partition_keys()
        if problem := s3_prefix.problem_with(self.error_prefix, errors=True):
            yield "error_prefix", problem
        elif s3_prefix.ERROR_TYPE not in self.error_prefix:
            if "!{" in self.error_prefix:
                yield "error_prefix", Message("prefix.error_type_required")
            elif any("!{" in prefix for prefix in (self.prefix, *self.destination.prefixes)):
                yield "error_prefix", Message("prefix.error_type_required_by_prefix")

    def _partition_keys(self) -> Iterator[tuple[str, Message]]:
        by_function = s3_prefix.partition_keys(self.prefix, s3_prefix.FROM_LAMBDA)
        if not by_function and not s3_prefix.partition_keys(self.prefix):
            return
        if not getattr(self.destination, "partitioning", None):
            yield "prefix", Message("prefix.partition_keys_not_allowed")
        elif by_function and self.transform is None:
            yield "prefix", Message("prefix.transformation_required", key=min(by_function))

    def _buffering(self) -> Iterator[tuple[str, Message]]:
        room, title = self.destination.BUFFERING, self.destination.TITLE
        if not room.min_mb <= self.buffering_mb <= room.max_mb:
            limits = {"least": room.min_mb, "most": room.max_mb}
            yield "buffering_mb", Message("delivery.buffer_size", destination=title, **limits)
        if not room.min_seconds <= self.buffering_seconds <= room.max_seconds:
            limits = {"least": room.min_seconds, "most": room.max_seconds}
            yield "buffering_seconds", Message("delivery.buffer_interval", destination=title, **limits)


def _log_streams(settings: Mapping[str, Any]) -> set[str]:
    found = {settings["LogStreamName"]} if "LogStreamName" in settings else set()
    return found.union(*(_log_streams(part) for part in settings.values() if isinstance(part, Mapping)))
