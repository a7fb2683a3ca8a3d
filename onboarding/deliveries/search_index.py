"""What an index of OpenSearch has in common, in a domain or in a serverless collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from onboarding.deliveries import aws_configuration, field_rules
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import Destination, Place
from onboarding.deliveries.vpc import VpcAccess
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

BACKUPS = {"failed": "FailedDocumentsOnly", "all": "AllDocuments"}
_INDEX = re.compile(r"[^A-Z\s\"*+/\\|?#><,:_-][^A-Z\s\"*+/\\|?#><,:]{0,79}")


class SearchIndex(Destination):
    """The base of both destinations of OpenSearch: an index, its backup, and the VPC in which the endpoint is."""

    __slots__ = ()

    index: str
    backup: str
    retry_seconds: int
    vpc: VpcAccess | None

    def index_problems(self) -> Iterator[tuple[str, Message]]:
        """Yield what AWS refuses in the index, the retry duration and the VPC."""
        if not _INDEX.fullmatch(self.index):
            yield "destination.index", Message("opensearch.index")
        yield from field_rules.retry_problems(self.retry_seconds)
        if self.vpc:
            yield from self.vpc.problems()

    def index_configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return the members that both configurations share."""
        return {
            "RoleARN": place.role_arn,
            "IndexName": self.index,
            **aws_configuration.retried_with_backup(
                delivery, place, retry_seconds=self.retry_seconds, backup_mode=BACKUPS[self.backup]
            ),
            **({"VpcConfiguration": self.vpc.configuration(place)} if self.vpc else {}),
        }

    def vpc_statements(self, place: Place) -> list[Statement]:
        """Return the statements that allow network interfaces in the VPC, if there is one."""
        return self.vpc.statements(place) if self.vpc else []
