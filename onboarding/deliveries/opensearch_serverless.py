"""Amazon OpenSearch Serverless, with the documents that could not be indexed, or all, in the bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_AmazonOpenSearchServerlessDestinationConfiguration.html
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
from portal.aws.policies.destinations import enter_collection
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

_COLLECTION = re.compile(r"arn:aws[a-z-]*:aoss:([a-z0-9-]+):(\d{12}):collection/[a-z0-9]{3,40}")
_ENDPOINT = re.compile(r"https://[a-z0-9]{3,40}\.([a-z0-9-]+)\.aoss\.amazonaws\.com(\.cn)?/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSearchServerless(SearchIndex):
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
        "collection_arn": Field(Message("delivery_setting.collection"), Message("change.collection")),
        "collection_endpoint": Field(Message("delivery_setting.collection_endpoint")),
        "index": Field(Message("delivery_setting.index"), Message("change.index")),
        "backup": Field(Message("delivery_setting.source_backup"), FIXED, is_fixed=True),
        "retry_seconds": RETRY,
        "vpc": Field(Message("delivery_setting.vpc"), FIXED, is_fixed=True),
    }

    def description(self, delivery: DeliverySettings) -> Message:
        """Return the index and its collection."""
        collection = self.collection_arn.rpartition("/")[2]
        return Message("destination.opensearch_serverless", index=self.index, collection=collection)

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        collection = Message("delivery.resource_collection")
        yield from field_rules.arn_problems(
            "destination.collection_arn", self.collection_arn, _COLLECTION, collection, place
        )
        yield from self._endpoint(place)
        yield from self.index_problems()

    def _endpoint(self, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        path, found = "destination.collection_endpoint", _ENDPOINT.fullmatch(self.collection_endpoint)
        collection = self.collection_arn.rpartition("/")[2]
        if found is None:
            yield path, Message("opensearch.collection_endpoint")
        elif found[1] != place["region"]:
            yield path, Message("opensearch.endpoint_in_other_region", found=found[1], region=place["region"])
        elif not self.collection_endpoint.startswith(f"https://{collection}."):
            yield path, Message("opensearch.endpoint_of_other_collection", collection=collection)

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return AmazonOpenSearchServerlessDestinationConfiguration."""
        return {
            "CollectionEndpoint": self.collection_endpoint.rstrip("/"),
            **self.index_configuration(delivery, place),
        }

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return the statements for API access to the collection; its own data access policy allows the rest."""
        return [enter_collection(self.collection_arn), *self.vpc_statements(place)]
