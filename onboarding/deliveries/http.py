"""Any HTTP endpoint that speaks Firehose's protocol, with what it did not take, or all, in the bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointDestinationConfiguration.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import SplitResult, urlsplit

from onboarding.deliveries import aws_configuration, field_rules
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import BACKUP, RETRY, Buffering, Destination, Field, Metrics, Place
from onboarding.deliveries.secret_detection import looks_secret, names_a_secret
from portal.aws.policies.destinations import read_secret
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

BACKUPS = {"failed": "FailedDataOnly", "all": "AllData"}
MOST_ATTRIBUTES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpEndpoint(Destination):
    """A URL that takes HTTPS; its access key, if it wants one, lies in a secret."""

    kind: str = "http"
    url: str
    endpoint_name: str = ""
    secret_arn: str | None = None
    content_encoding: str = "NONE"
    attributes: Mapping[str, str] = field(default_factory=dict)
    backup: str = "failed"
    retry_seconds: int = 300

    TITLE: ClassVar[str] = "HTTP endpoint"
    MEMBER: ClassVar[str] = "HttpEndpointDestination"
    BUFFERING: ClassVar[Buffering] = aws_configuration.buffers(64)
    METRICS: ClassVar[Metrics] = Metrics.of("DeliveryToHttpEndpoint")
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "url": Field(Message("delivery_setting.url"), Message("change.url")),
        "endpoint_name": Field(Message("delivery_setting.endpoint_name")),
        "secret_arn": Field(Message("delivery_setting.secret"), Message("change.role")),
        "content_encoding": Field(Message("delivery_setting.content_encoding")),
        "attributes": Field(Message("delivery_setting.attributes")),
        "backup": BACKUP,
        "retry_seconds": RETRY,
    }

    def description(self, delivery: DeliverySettings) -> Message:
        """Return the endpoint's name or host."""
        return Message("destination.http", endpoint=self.endpoint_name or parts_of(self.url).hostname or self.url)

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        yield from url_problems("destination.url", self.url, most=1_000)
        yield from field_rules.length_problems(
            "destination.endpoint_name", self.endpoint_name, 256, Message("field.endpoint_name"), least=0
        )
        if self.secret_arn is not None:
            yield from field_rules.secret_problems("destination.secret_arn", self.secret_arn, place)
        yield from self._attributes()
        yield from field_rules.retry_problems(self.retry_seconds)

    def _attributes(self) -> Iterator[tuple[str, Message]]:
        path = "destination.attributes"
        if len(self.attributes) > MOST_ATTRIBUTES:
            yield path, Message("http.attribute_count", limit=MOST_ATTRIBUTES)
        if any(names_a_secret(name) or looks_secret(value) for name, value in self.attributes.items()):
            yield path, Message("http.attribute_secret")
        for name, value in self.attributes.items():
            if not name.strip() or len(name) > 256 or len(value) > 1_024:
                yield path, Message("http.attribute_length")
                return

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return HttpEndpointDestinationConfiguration."""
        attributes = [{"AttributeName": name, "AttributeValue": value} for name, value in self.attributes.items()]
        return {
            "EndpointConfiguration": {"Url": self.url, **({"Name": self.endpoint_name} if self.endpoint_name else {})},
            "RoleARN": place.role_arn,
            "RequestConfiguration": {"ContentEncoding": self.content_encoding, "CommonAttributes": attributes},
            **aws_configuration.retried_with_backup(
                delivery, place, retry_seconds=self.retry_seconds, backup_mode=BACKUPS[self.backup]
            ),
            "SecretsManagerConfiguration": aws_configuration.secret_settings(self.secret_arn, place)
            if self.secret_arn
            else {"Enabled": False},
        }

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return the statements for reading the secret, if there is one; the endpoint itself does not use IAM."""
        return read_secret(self.secret_arn) if self.secret_arn else []


def parts_of(url: str) -> SplitResult:
    """Return the parts of a URL; all are empty where it has none, such as of brackets without an IPv6 address."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def url_problems(path: str, url: str, *, most: int) -> Iterator[tuple[str, Message]]:
    """Yield what is wrong with the URL of an endpoint."""
    parts = parts_of(url)
    if parts.scheme != "https" or not parts.hostname or any(letter.isspace() for letter in url):
        yield path, Message("delivery.url_not_https")
    elif parts.username or parts.password:
        yield path, Message("delivery.url_with_password")
    elif len(url) > most:
        yield path, Message("delivery.url_too_long", limit_count=most)
