"""Splunk's HTTP Event Collector, with the events it did not take, or all, in the bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_SplunkDestinationConfiguration.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from onboarding.deliveries import aws_configuration, field_rules
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import BACKUP, RETRY, Buffering, Destination, Field, Metrics, Place
from onboarding.deliveries.http import parts_of, url_problems
from portal.aws.policies.destinations import read_secret
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

BACKUPS = {"failed": "FailedEventsOnly", "all": "AllEvents"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Splunk(Destination):
    """An HTTP Event Collector whose token lies in a secret; acknowledgement must be switched on for the token."""

    kind: str = "splunk"
    hec_endpoint: str
    secret_arn: str
    hec_endpoint_type: str = "Raw"
    ack_timeout_seconds: int = 180
    backup: str = "failed"
    retry_seconds: int = 300

    TITLE: ClassVar[str] = "Splunk"
    MEMBER: ClassVar[str] = "SplunkDestination"
    BUFFERING: ClassVar[Buffering] = aws_configuration.buffers(5, 60, default_seconds=60)
    METRICS: ClassVar[Metrics] = Metrics.of("DeliveryToSplunk")
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "hec_endpoint": Field(Message("delivery_setting.collector"), Message("change.collector")),
        "secret_arn": Field(Message("delivery_setting.secret"), Message("change.role")),
        "hec_endpoint_type": Field(Message("delivery_setting.endpoint_type")),
        "ack_timeout_seconds": Field(Message("delivery_setting.ack_timeout")),
        "backup": replace(BACKUP, is_one_way=True),
        "retry_seconds": RETRY,
    }

    def description(self, delivery: DeliverySettings) -> Message:
        """Return the collector's host."""
        return Message("destination.splunk", host=parts_of(self.hec_endpoint).hostname or self.hec_endpoint)

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        yield from url_problems("destination.hec_endpoint", self.hec_endpoint, most=2_048)
        yield from field_rules.secret_problems("destination.secret_arn", self.secret_arn, place)
        if not 180 <= self.ack_timeout_seconds <= 600:
            yield "destination.ack_timeout_seconds", Message("splunk.acknowledgement")
        yield from field_rules.retry_problems(self.retry_seconds)

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return SplunkDestinationConfiguration."""
        return {
            "HECEndpoint": self.hec_endpoint,
            "HECEndpointType": self.hec_endpoint_type,
            "HECAcknowledgmentTimeoutInSeconds": self.ack_timeout_seconds,
            **aws_configuration.retried_with_backup(
                delivery, place, retry_seconds=self.retry_seconds, backup_mode=BACKUPS[self.backup]
            ),
            "SecretsManagerConfiguration": aws_configuration.secret_settings(self.secret_arn, place),
        }

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return the statements for reading the token's secret."""
        return read_secret(self.secret_arn)
