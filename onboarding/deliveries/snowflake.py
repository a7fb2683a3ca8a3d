"""Snowflake, with the rows that could not be loaded, or all, in the bucket.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_SnowflakeDestinationConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from onboarding.deliveries import aws_configuration, field_rules
from onboarding.deliveries.delivery_settings import DeliverySettings
from onboarding.deliveries.destination import BACKUP, FIXED, RETRY, Buffering, Destination, Field, Metrics, Place
from onboarding.deliveries.http import BACKUPS
from portal.aws.policies.destinations import read_secret
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

_ACCOUNT = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9._-]*\.snowflakecomputing\.com")
_VPCE = re.compile(r"([\w-]+\.){2,3}vpce\.[a-zA-Z0-9-]*\.vpce-svc-[a-zA-Z0-9-]{17}")
_NAMES = {
    "database": Message("field.database_name"),
    "schema": Message("field.schema_name"),
    "table": Message("field.table_name"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snowflake(Destination):
    """A table; user, private key and passphrase lie in a secret."""

    kind: str = "snowflake"
    account_url: str
    database: str
    schema: str
    table: str
    secret_arn: str
    loading: str = "JSON_MAPPING"
    content_column: str = ""
    metadata_column: str = ""
    role: str = ""
    private_link_vpce_id: str = ""
    backup: str = "failed"
    retry_seconds: int = 60

    TITLE: ClassVar[str] = "Snowflake"
    MEMBER: ClassVar[str] = "SnowflakeDestination"
    BUFFERING: ClassVar[Buffering] = aws_configuration.buffers(128, default_mb=128, default_seconds=0)
    # The names are not on the page that lists the others; they are taken to follow it.
    METRICS: ClassVar[Metrics] = Metrics.of("DeliveryToSnowflake")
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "account_url": Field(Message("delivery_setting.account"), Message("change.rows_of_account")),
        "database": Field(Message("delivery_setting.database"), Message("change.rows_of_table")),
        "schema": Field(Message("delivery_setting.schema"), Message("change.rows_of_table")),
        "table": Field(Message("delivery_setting.table"), Message("change.rows_of_table")),
        "secret_arn": Field(Message("delivery_setting.secret"), Message("change.role")),
        "loading": Field(Message("delivery_setting.loading"), Message("change.rows")),
        "content_column": Field(Message("delivery_setting.content_column"), Message("change.rows")),
        "metadata_column": Field(Message("delivery_setting.metadata_column"), Message("change.rows")),
        "role": Field(Message("delivery_setting.snowflake_role")),
        "private_link_vpce_id": Field(Message("delivery_setting.private_link"), FIXED, is_fixed=True),
        "backup": BACKUP,
        "retry_seconds": RETRY,
    }

    def description(self, delivery: DeliverySettings) -> Message:
        """Return the table."""
        return Message("destination.snowflake", table=f"{self.database}.{self.schema}.{self.table}")

    def problems(self, delivery: DeliverySettings, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        if not _ACCOUNT.fullmatch(self.account_url) or len(self.account_url) > 2_048:
            yield "destination.account_url", Message("snowflake.account_url")
        for name, field in _NAMES.items():
            yield from field_rules.length_problems(f"destination.{name}", getattr(self, name), 255, field)
        yield from field_rules.secret_problems("destination.secret_arn", self.secret_arn, place)
        yield from self._columns()
        yield from field_rules.length_problems("destination.role", self.role, 255, Message("field.role_name"), least=0)
        if self.private_link_vpce_id and not _VPCE.fullmatch(self.private_link_vpce_id):
            yield "destination.private_link_vpce_id", Message("snowflake.private_link")
        yield from field_rules.retry_problems(self.retry_seconds)

    def _columns(self) -> Iterator[tuple[str, Message]]:
        wanted = {
            "content_column": self.loading != "JSON_MAPPING",
            "metadata_column": self.loading == "VARIANT_CONTENT_AND_METADATA_MAPPING",
        }
        for name, is_wanted in wanted.items():
            path, value = f"destination.{name}", getattr(self, name)
            if is_wanted:
                yield from field_rules.length_problems(path, value, 255, Message("field.column_name"))
            elif value:
                yield path, Message("snowflake.column_not_used", loading=self.loading)

    def configuration(self, delivery: DeliverySettings, place: Place) -> dict[str, Any]:
        """Return SnowflakeDestinationConfiguration."""
        named = {"ContentColumnName": self.content_column, "MetaDataColumnName": self.metadata_column}
        link = {"SnowflakeVpcConfiguration": {"PrivateLinkVpceId": self.private_link_vpce_id}}
        role = {"Enabled": True, "SnowflakeRole": self.role} if self.role else {"Enabled": False}
        return {
            "AccountUrl": self.account_url,
            "Database": self.database,
            "Schema": self.schema,
            "Table": self.table,
            "SnowflakeRoleConfiguration": role,
            "DataLoadingOption": self.loading,
            **{key: value for key, value in named.items() if value},
            **(link if self.private_link_vpce_id else {}),
            "RoleARN": place.role_arn,
            **aws_configuration.retried_with_backup(
                delivery, place, retry_seconds=self.retry_seconds, backup_mode=BACKUPS[self.backup]
            ),
            "SecretsManagerConfiguration": aws_configuration.secret_settings(self.secret_arn, place),
        }

    def statements(self, delivery: DeliverySettings, place: Place) -> list[Statement]:
        """Return the statements for reading the secret."""
        return read_secret(self.secret_arn)
