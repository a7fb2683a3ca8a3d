"""Amazon OpenSearch Service, with the documents that could not be indexed, or all, in the bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_AmazonopensearchserviceDestinationConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from onboarding.deliveries import aws_configuration, field_rules
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import FIXED, RETRY, Buffering, Field, Metrics, Place
from onboarding.deliveries.search_index import SearchIndex
from onboarding.deliveries.vpc import VpcAccess
from portal.aws.policies.destinations import index_in_domain
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

_DOMAIN = re.compile(r"arn:aws[a-z-]*:es:([a-z0-9-]+):(\d{12}):domain/[a-z][a-z0-9-]{2,27}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSearch(SearchIndex):
    """An index of a domain; with `vpc` of one that stands in a VPC."""

    kind: str = "opensearch"
    domain_arn: str
    index: str
    index_rotation: str = "OneDay"
    document_id: str = "FIREHOSE_DEFAULT"
    backup: str = "failed"
    retry_seconds: int = 300
    vpc: VpcAccess | None = None

    TITLE: ClassVar[str] = "Amazon OpenSearch Service"
    MEMBER: ClassVar[str] = "AmazonopensearchserviceDestination"
    BUFFERING: ClassVar[Buffering] = aws_configuration.buffers(100)
    METRICS: ClassVar[Metrics] = Metrics.of("DeliveryToAmazonOpenSearchService")
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "domain_arn": Field(Message("delivery_setting.domain"), Message("change.domain")),
        "index": Field(Message("delivery_setting.index"), Message("change.index_and_role")),
        "index_rotation": Field(Message("delivery_setting.index_rotation"), Message("change.next_index")),
        "document_id": Field(Message("delivery_setting.document_id"), Message("change.documents")),
        "backup": Field(Message("delivery_setting.source_backup"), FIXED, is_fixed=True),
        "retry_seconds": RETRY,
        "vpc": Field(Message("delivery_setting.vpc"), FIXED, is_fixed=True),
    }

    def description(self, delivery: DeliverySettings) -> Message:
        """Return the index and its domain."""
        return Message("destination.opensearch", index=self.index, domain=self.domain_arn.rpartition("/")[2])

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        domain = Message("delivery.resource_domain")
        yield from field_rules.arn_problems("destination.domain_arn", self.domain_arn, _DOMAIN, domain, place)
        yield from self.index_problems()

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return AmazonopensearchserviceDestinationConfiguration."""
        return {
            "DomainARN": self.domain_arn,
            "IndexRotationPeriod": self.index_rotation,
            **self.index_configuration(delivery, place),
            "DocumentIdOptions": {"DefaultDocumentIdFormat": self.document_id},
        }

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return the statements for indexing documents in this domain, and for network interfaces in a VPC."""
        found = index_in_domain(self.domain_arn, self.index)
        return [*found, *self.vpc_statements(place)]
