"""Apache Iceberg tables in the AWS Glue Data Catalog, with the records that fit none in the bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_IcebergDestinationConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from onboarding.deliveries import aws_configuration, field_rules, s3_prefix
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import RETRY, Buffering, Destination, Field, Metrics, Place
from portal.aws import names
from portal.aws.bucket_names import check_bucket_name
from portal.aws.policies.destinations import commit_tables
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

_CATALOG = re.compile(r"arn:aws[a-z-]*:glue:([a-z0-9-]+):(\d{12}):catalog(?:(?:/[a-z0-9_-]+){1,2})?")
_NAME = re.compile(r"[a-zA-Z0-9._]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IcebergTable:
    """A table; with unique keys, records update and delete rows instead of only adding them."""

    database: str
    table: str
    unique_keys: tuple[str, ...] = ()
    error_prefix: str = ""

    def configuration(self) -> dict[str, Any]:
        """Return DestinationTableConfiguration."""
        return {
            "DestinationDatabaseName": self.database,
            "DestinationTableName": self.table,
            **({"UniqueKeys": list(self.unique_keys)} if self.unique_keys else {}),
            **({"S3ErrorOutputPrefix": self.error_prefix} if self.error_prefix else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Iceberg(Destination):
    """Tables whose files lie in `warehouse_bucket`, or in the delivery's own bucket."""

    kind: str = "iceberg"
    catalog_arn: str
    tables: tuple[IcebergTable, ...]
    warehouse_bucket: str = ""
    append_only: bool = False
    retry_seconds: int = 300

    TITLE: ClassVar[str] = "Apache Iceberg tables"
    MEMBER: ClassVar[str] = "IcebergDestination"
    BUFFERING: ClassVar[Buffering] = aws_configuration.buffers(128)
    # DeliveryToIceberg.Success counts commits and is no share: that follows from the rows.
    # https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-metric.html
    METRICS: ClassVar[Metrics] = Metrics(
        "DeliveryToIceberg.DataFreshness",
        "",
        "DeliveryToIceberg.SuccessfulRowCount",
        "DeliveryToIceberg.FailedRowCount",
    )
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "catalog_arn": Field(Message("delivery_setting.catalog"), Message("change.catalog")),
        "tables": Field(Message("delivery_setting.tables"), Message("change.tables")),
        "warehouse_bucket": Field(Message("delivery_setting.warehouse_bucket"), Message("change.role")),
        "append_only": Field(Message("delivery_setting.append_only")),
        "retry_seconds": RETRY,
    }

    def description(self, delivery: DeliverySettings) -> Message:
        """Return the table, or how many."""
        if len(self.tables) == 1:
            return Message("destination.iceberg_table", table=f"{self.tables[0].database}.{self.tables[0].table}")
        return Message("destination.iceberg", table_count=len(self.tables))

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        catalog = Message("delivery.resource_catalog")
        yield from field_rules.arn_problems("destination.catalog_arn", self.catalog_arn, _CATALOG, catalog, place)
        for position, table in enumerate(self.tables):
            yield from self._table(position, table)
        if self.warehouse_bucket:
            try:
                check_bucket_name(self.warehouse_bucket, is_new=False)
            except names.InvalidName as invalid:
                yield "destination.warehouse_bucket", invalid.message
        yield from field_rules.retry_problems(self.retry_seconds)

    def _table(self, position: int, table: IcebergTable) -> Iterator[tuple[str, Message]]:
        at = f"destination.tables.{position}"
        for part in ("database", "table"):
            if not _NAME.fullmatch(getattr(table, part)):
                yield f"{at}.{part}", Message("iceberg.name")
        if problem := s3_prefix.problem_with(table.error_prefix, errors=True):
            yield f"{at}.error_prefix", problem
        if any(not key or any(letter.isspace() for letter in key) for key in table.unique_keys):
            yield f"{at}.unique_keys", Message("iceberg.unique_key")
        if table.unique_keys and self.append_only:
            yield f"{at}.unique_keys", Message("iceberg.append_only")
        if (table.database, table.table) in {(earlier.database, earlier.table) for earlier in self.tables[:position]}:
            yield f"{at}.table", Message("iceberg.table_twice")

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return IcebergDestinationConfiguration."""
        return {
            "RoleARN": place.role_arn,
            "CatalogConfiguration": {"CatalogARN": self.catalog_arn},
            "DestinationTableConfigurationList": [table.configuration() for table in self.tables],
            "AppendOnly": self.append_only,
            **aws_configuration.retried_with_backup(
                delivery, place, retry_seconds=self.retry_seconds, backup_mode="FailedDataOnly"
            ),
        }

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return the statements for reading and committing these tables, and for writing their files."""
        tables = [(table.database, table.table) for table in self.tables]
        bucket = f"arn:{place.partition}:s3:::{self.warehouse_bucket}" if self.warehouse_bucket else place.bucket_arn
        return commit_tables(self.catalog_arn, tables, bucket, may_delete=not self.append_only)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return the prefixes beyond the delivery's own under which Firehose writes: those of failed records."""
        return tuple(dict.fromkeys(table.error_prefix for table in self.tables if table.error_prefix))
