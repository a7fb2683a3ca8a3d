"""Amazon OpenSearch Service, with the documents that could not be indexed, or all, in the bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_AmazonopensearchserviceDestinationConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from onboarding.deliveries import aws_configuration, field_rules
from onboarding.deliveries.destination import FIXED, RETRY, Buffering, Destination, Field, Metrics, Place
from onboarding.deliveries.vpc import VpcAccess
from portal.aws import policies
from portal.aws.policies import Statement

if TYPE_CHECKING:
    from onboarding.deliveries.delivery import Delivery

BACKUPS = {"failed": "FailedDocumentsOnly", "all": "AllDocuments"}
_DOMAIN = re.compile(r"arn:aws[a-z-]*:es:([a-z0-9-]+):(\d{12}):domain/[a-z][a-z0-9-]{2,27}")
_INDEX = re.compile(r"[^A-Z\s\"*+/\\|?#><,:_-][^A-Z\s\"*+/\\|?#><,:]{0,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSearch(Destination):
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
        "domain_arn": Field("domain", "New records go to the new domain. The role is updated."),
        "index": Field("index", "New records go to the new index. The role is updated."),
        "index_rotation": Field("index rotation", "Applies to the next index."),
        "document_id": Field("document ID", "Applies to new documents."),
        "backup": Field("source record backup", FIXED, is_fixed=True),
        "retry_seconds": RETRY,
        "vpc": Field("VPC", FIXED, is_fixed=True),
    }

    def where(self, delivery: Delivery) -> str:
        """Return the index and its domain."""
        return f"index {self.index} of OpenSearch domain {self.domain_arn.rpartition('/')[2]}"

    def problems(self, delivery: Delivery, place: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        words = "the ARN of an OpenSearch domain"
        yield from field_rules.arn_problems("destination.domain_arn", self.domain_arn, _DOMAIN, words, place)
        yield from index_problems(self.index)
        yield from field_rules.retry_problems(self.retry_seconds)
        if self.vpc:
            yield from self.vpc.problems()

    def configuration(self, delivery: Delivery, place: Place) -> dict[str, Any]:
        """Return AmazonopensearchserviceDestinationConfiguration."""
        return {
            "RoleARN": place.role_arn,
            "DomainARN": self.domain_arn,
            "IndexName": self.index,
            "IndexRotationPeriod": self.index_rotation,
            "BufferingHints": aws_configuration.hints(delivery),
            "RetryOptions": {"DurationInSeconds": self.retry_seconds},
            "S3BackupMode": BACKUPS[self.backup],
            "S3Configuration": aws_configuration.bucket_settings(delivery, place),
            "ProcessingConfiguration": aws_configuration.processing(aws_configuration.lambda_settings(delivery)),
            "CloudWatchLoggingOptions": aws_configuration.logging_to(place),
            "DocumentIdOptions": {"DefaultDocumentIdFormat": self.document_id},
            **({"VpcConfiguration": self.vpc.configuration(place)} if self.vpc else {}),
        }

    def rights(self, delivery: Delivery, place: Place) -> list[Statement]:
        """Return the right to index documents in this domain, and for a VPC to have network interfaces there."""
        found = policies.index_in_domain(self.domain_arn, self.index)
        return [*found, *(self.vpc.rights(place) if self.vpc else [])]


def index_problems(index: str) -> Iterator[tuple[str, str]]:
    """Yield what OpenSearch refuses in the name of an index."""
    if not _INDEX.fullmatch(index):
        words = (
            "An index name has at most 80 lowercase letters, digits, hyphens and underscores, and does not begin "
            "with a hyphen or an underscore."
        )
        yield "destination.index", words
