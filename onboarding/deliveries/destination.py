"""What every kind of destination tells: its rules, its configuration in AWS's shape, its rights, and its words.

A kind is a frozen dataclass of its own settings, in a file of its own, listed in kinds.py. It is pure: values in,
values out, so that the page, the plan, the step, drift and the export all say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from onboarding.deliveries.delivery_settings import DeliverySettings
from portal.aws.policies.statements import Statement
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Firehose stream stands: account, Region, and the ARNs and names that follow from the plan."""

    region: str
    account_id: str
    partition: str
    role_arn: str
    bucket_arn: str
    log_group: str
    log_stream: str = "DestinationDelivery"
    backup_log_stream: str = "BackupDelivery"


@dataclass(frozen=True, slots=True)
class Buffering:
    """What AWS allows for a destination's buffering hints, in MB and seconds, and what it takes by default."""

    min_mb: int
    max_mb: int
    max_seconds: int
    default_mb: int = 5
    default_seconds: int = 300
    min_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of AWS/Firehose that tell how a delivery does; an empty name where AWS publishes none.

    `freshness` is the age in seconds of the oldest record not delivered, `success` a share from 0 to 1, `failed` a
    count like `records`, from which the share follows where AWS publishes none.
    https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
    """

    freshness: str
    success: str
    records: str
    failed: str = ""

    @classmethod
    def of(cls, stem: str) -> Metrics:
        """Return the usual three of a destination, such as those of "DeliveryToS3"."""
        return cls(f"{stem}.DataFreshness", f"{stem}.Success", f"{stem}.Records")


WITHIN_A_MINUTE = Message("change.within_a_minute")


@dataclass(frozen=True, slots=True)
class Field:
    """A setting as people read it in a plan: its name, what changing it means, and whether it can be changed.

    What `is_one_way` can be switched on later, and never off again. `names` are those of values that do not speak for
    themselves.
    """

    label: Message
    effect: Message = WITHIN_A_MINUTE
    is_fixed: bool = False
    is_one_way: bool = False
    names: Mapping[Any, Message] = field(default_factory=dict)


RETRY = Field(Message("delivery_setting.retry"))
BACKUP = Field(Message("delivery_setting.source_backup"), Message("change.records"))
SOURCE_BACKUP = Field(
    Message("delivery_setting.source_backup_prefix"), Message("change.files_and_role"), is_one_way=True
)
FIXED = Message("change.fixed_at_creation")


class Destination:
    """The base of every kind of destination."""

    __slots__ = ()

    kind: str
    TITLE: ClassVar[str]
    # The stem of AWS's member names: ExtendedS3Destination → ExtendedS3DestinationConfiguration, …Update, …Description.
    MEMBER: ClassVar[str]
    BUFFERING: ClassVar[Buffering]
    METRICS: ClassVar[Metrics]
    # The prefix in the bucket unless another is given.
    PREFIX: ClassVar[str] = "undelivered/!{timestamp:yyyy/MM/dd/HH}/"
    # Of this kind's own settings. What a Delivery has in common with all is in delivery.FIELDS.
    FIELDS: ClassVar[Mapping[str, Field]] = {}

    def description(self, delivery: DeliverySettings) -> Message:
        """Return where the records go, such as “bucket hal-lobby”."""
        raise NotImplementedError

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield (path within the delivery, message) for what AWS would refuse.

        `place` has "region" and, when known, "account_id".
        """
        yield from ()

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return what CreateDeliveryStream takes as this destination's configuration.

        https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html
        """
        raise NotImplementedError

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return what Firehose's role needs beyond reading the stream, writing the bucket and its log group."""
        return []

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return the prefixes beyond the delivery's own under which Firehose writes into the bucket."""
        return ()
