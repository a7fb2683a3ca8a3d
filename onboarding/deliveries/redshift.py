"""Amazon Redshift: files are staged in the bucket, and Firehose has Redshift COPY them into a table.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_RedshiftDestinationConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from onboarding.deliveries import aws_configuration, field_rules, s3_prefix
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import RETRY, SOURCE_BACKUP, Buffering, Destination, Field, Metrics, Place
from onboarding.deliveries.secret_detection import looks_secret
from portal.aws.policies.destinations import read_secret
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

_URL = re.compile(
    r"jdbc:(redshift|postgresql)://((?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)+redshift(-serverless)?\.[a-zA-Z0-9.-]+"
    r":\d{1,5}/[\w$-]+"
)

_GZIP = re.compile(r"\bgzip\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redshift(Destination):
    """A table of a cluster or workgroup that Firehose can reach; the user's name and password lie in a secret."""

    kind: str = "redshift"
    cluster_jdbc_url: str
    table: str
    secret_arn: str
    columns: str = ""
    copy_options: str = ""
    retry_seconds: int = 3_600
    source_backup_prefix: str | None = None

    TITLE: ClassVar[str] = "Amazon Redshift"
    MEMBER: ClassVar[str] = "RedshiftDestination"
    BUFFERING: ClassVar[Buffering] = aws_configuration.buffers(128)
    # Of a table there is no freshness: that of the files it is copied from tells.
    METRICS: ClassVar[Metrics] = Metrics(
        "DeliveryToS3.DataFreshness", "DeliveryToRedshift.Success", "DeliveryToRedshift.Records"
    )
    PREFIX: ClassVar[str] = "sensors/"
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "cluster_jdbc_url": Field(Message("delivery_setting.cluster"), Message("change.cluster")),
        "table": Field(Message("delivery_setting.table"), Message("change.table")),
        "columns": Field(Message("delivery_setting.columns")),
        "copy_options": Field(Message("delivery_setting.copy_options")),
        "secret_arn": Field(Message("delivery_setting.secret"), Message("change.role")),
        "retry_seconds": RETRY,
        "source_backup_prefix": SOURCE_BACKUP,
    }

    def description(self, delivery: DeliverySettings) -> Message:
        """Return the table and its database."""
        return Message("destination.redshift", table=self.table, bucket=delivery.bucket)

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        if not _URL.fullmatch(self.cluster_jdbc_url) or len(self.cluster_jdbc_url) > 512:
            yield "destination.cluster_jdbc_url", Message("redshift.url")
        yield from field_rules.length_problems("destination.table", self.table, 512, Message("field.table_name"))
        yield from field_rules.length_problems(
            "destination.columns", self.columns, 10_240, Message("field.columns"), least=0
        )
        options = Message("field.copy_options")
        yield from field_rules.length_problems("destination.copy_options", self.copy_options, 10_240, options, least=0)
        for field in ("cluster_jdbc_url", "copy_options"):
            if looks_secret(getattr(self, field)):
                yield f"destination.{field}", Message("delivery.secret_in_text")
        yield from field_rules.secret_problems("destination.secret_arn", self.secret_arn, place)
        yield from field_rules.retry_problems(self.retry_seconds)
        yield from self._compression(delivery.compression)
        yield from self._prefixes(delivery)

    def _compression(self, compression: str) -> Iterator[tuple[str, Message]]:
        if looks_secret(self.copy_options):
            return  # that is said, and nothing beside it
        has_gzip_option = bool(_GZIP.search(self.copy_options))
        if compression not in {"UNCOMPRESSED", "GZIP"}:
            yield "compression", Message("redshift.compression")
        elif compression == "GZIP" and not has_gzip_option:
            yield "destination.copy_options", Message("redshift.gzip_missing")
        elif compression == "UNCOMPRESSED" and has_gzip_option:
            yield "destination.copy_options", Message("redshift.gzip_of_uncompressed")

    def _prefixes(self, delivery: DeliverySettings) -> Iterator[tuple[str, Message]]:
        if "!{" in delivery.prefix:
            yield "prefix", Message("redshift.prefix_with_expression")
        if self.source_backup_prefix and "!{" in self.source_backup_prefix:
            yield "destination.source_backup_prefix", Message("redshift.backup_prefix_with_expression")
        if delivery.error_prefix != s3_prefix.DEFAULT_ERROR_PREFIX:
            yield "error_prefix", Message("redshift.error_prefix")

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return RedshiftDestinationConfiguration."""
        backup: dict[str, Any] = {"S3BackupMode": "Disabled"}
        if self.source_backup_prefix is not None:
            kept = _plain_settings(delivery, place, prefix=self.source_backup_prefix)
            backup = {"S3BackupMode": "Enabled", "S3BackupConfiguration": kept}
        return {
            "RoleARN": place.role_arn,
            "ClusterJDBCURL": self.cluster_jdbc_url,
            "CopyCommand": {
                "DataTableName": self.table,
                "DataTableColumns": self.columns,
                "CopyOptions": self.copy_options,
            },
            "RetryOptions": {"DurationInSeconds": self.retry_seconds},
            "S3Configuration": {
                **_plain_settings(delivery, place),
                "BufferingHints": aws_configuration.hints(delivery),
            },
            "ProcessingConfiguration": aws_configuration.processing(aws_configuration.lambda_settings(delivery)),
            **backup,
            "CloudWatchLoggingOptions": aws_configuration.logging_to(place),
            "SecretsManagerConfiguration": aws_configuration.secret_settings(self.secret_arn, place),
        }

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return the statements for reading the secret; Firehose signs in to the cluster with what it holds."""
        return read_secret(self.secret_arn)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return the prefixes beyond the delivery's own under which Firehose writes."""
        return () if self.source_backup_prefix is None else (self.source_backup_prefix,)


def _plain_settings(delivery: DeliverySettings, place: Place, *, prefix: str | None = None) -> dict[str, Any]:
    # “If the destination is Amazon Redshift, ErrorOutputPrefix must be null”: AWS refuses to make it otherwise.
    settings = aws_configuration.bucket_settings(delivery, place, prefix=prefix)
    return {name: value for name, value in settings.items() if name != "ErrorOutputPrefix"}
