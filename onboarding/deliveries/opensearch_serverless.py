"""Amazon OpenSearch Serverless, with the documents that could not be indexed, or all, in the bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_AmazonOpenSearchServerlessDestinationConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from onboarding.deliveries import aws_configuration, field_rules
from onboarding.deliveries.destination import FIXED, RETRY, Buffering, Destination, Field, Metrics, Place
from onboarding.deliveries.opensearch import BACKUPS, index_problems
from onboarding.deliveries.vpc import VpcAccess
from portal.aws import policies
from portal.aws.policies import Statement

if TYPE_CHECKING:
    from onboarding.deliveries.delivery import Delivery

_COLLECTION = re.compile(r"arn:aws[a-z-]*:aoss:([a-z0-9-]+):(\d{12}):collection/[a-z0-9]{3,40}")
_ENDPOINT = re.compile(r"https://[a-z0-9]{3,40}\.([a-z0-9-]+)\.aoss\.amazonaws\.com(\.cn)?/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSearchServerless(Destination):
    """An index of a collection; the collection's own data access policy must name Firehose's role as well."""

    kind: str = "opensearch_serverless"
    collection_arn: str
    collection_endpoint: str
    index: str
    backup: str = "failed"
    retry_seconds: int = 300
    vpc: VpcAccess | None = None

    TITLE: ClassVar[str] = "Amazon OpenSearch Serverless"
    MEMBER: ClassVar[str] = "AmazonOpenSearchServerlessDestination"
    BUFFERING: ClassVar[Buffering] = aws_configuration.buffers(100)
    METRICS: ClassVar[Metrics] = Metrics.of("DeliveryToAmazonOpenSearchServerless")
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "collection_arn": Field("collection", "New records go to the new collection. The role is updated."),
        "collection_endpoint": Field("collection endpoint"),
        "index": Field("index", "New records go to the new index."),
        "backup": Field("source record backup", FIXED, is_fixed=True),
        "retry_seconds": RETRY,
        "vpc": Field("VPC", FIXED, is_fixed=True),
    }

    def where(self, delivery: Delivery) -> str:
        """Return the index and its collection."""
        return f"index {self.index} of OpenSearch collection {self.collection_arn.rpartition('/')[2]}"

    def problems(self, delivery: Delivery, place: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        words = "the ARN of an OpenSearch Serverless collection"
        yield from field_rules.arn_problems(
            "destination.collection_arn", self.collection_arn, _COLLECTION, words, place
        )
        yield from self._endpoint(place)
        yield from index_problems(self.index)
        yield from field_rules.retry_problems(self.retry_seconds)
        if self.vpc:
            yield from self.vpc.problems()

    def _endpoint(self, place: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        path, found = "destination.collection_endpoint", _ENDPOINT.fullmatch(self.collection_endpoint)
        collection = self.collection_arn.rpartition("/")[2]
        if found is None:
            yield path, "Enter the collection endpoint, such as https://abc123.eu-west-1.aoss.amazonaws.com."
        elif found[1] != place["region"]:
            yield path, f"This endpoint is in {found[1]}, and the stream in {place['region']}."
        elif not self.collection_endpoint.startswith(f"https://{collection}."):
            yield path, f"This endpoint is that of another collection than {collection}."

    def configuration(self, delivery: Delivery, place: Place) -> dict[str, Any]:
        """Return AmazonOpenSearchServerlessDestinationConfiguration."""
        return {
            "RoleARN": place.role_arn,
            "CollectionEndpoint": self.collection_endpoint.rstrip("/"),
            "IndexName": self.index,
            "BufferingHints": aws_configuration.hints(delivery),
            "RetryOptions": {"DurationInSeconds": self.retry_seconds},
            "S3BackupMode": BACKUPS[self.backup],
            "S3Configuration": aws_configuration.bucket_settings(delivery, place),
            "ProcessingConfiguration": aws_configuration.processing(aws_configuration.lambda_settings(delivery)),
            "CloudWatchLoggingOptions": aws_configuration.logging_to(place),
            **({"VpcConfiguration": self.vpc.configuration(place)} if self.vpc else {}),
        }

    def rights(self, delivery: Delivery, place: Place) -> list[Statement]:
        """Return the right to enter the collection; what may be done there, its own data access policy says."""
        return [policies.enter_collection(self.collection_arn), *(self.vpc.rights(place) if self.vpc else [])]
