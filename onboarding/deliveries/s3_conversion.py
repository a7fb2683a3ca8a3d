"""Format conversion: JSON records become Parquet or ORC files by the schema of a Glue table.

https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onboarding.deliveries.destination import Place
from portal.aws.policies.destinations import read_schema
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

COMPRESSIONS = {"parquet": ("SNAPPY", "GZIP", "UNCOMPRESSED"), "orc": ("SNAPPY", "ZLIB", "NONE")}
_NAME = re.compile(r"[a-z0-9_]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The format, the Glue table whose schema it follows, and the compression inside of the files."""

    format: str
    database: str
    table: str
    compression: str = "SNAPPY"

    def problems(self) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        at = "destination.conversion"
        for part in ("database", "table"):
            if not _NAME.fullmatch(getattr(self, part)):
                yield f"{at}.{part}", Message("s3.glue_name")
        known = COMPRESSIONS.get(self.format, ())
        if known and self.compression not in known:
            yield (
                f"{at}.compression",
                Message("s3.format_compression", format=self.format.capitalize(), compressions=known),
            )

    def configuration(self, place: Place) -> dict[str, Any]:
        """Return DataFormatConversionConfiguration; the schema's newest version is followed."""
        serde = "ParquetSerDe" if self.format == "parquet" else "OrcSerDe"
        return {
            "Enabled": True,
            "SchemaConfiguration": {
                "RoleARN": place.role_arn,
                "DatabaseName": self.database,
                "TableName": self.table,
                "Region": place.region,
                "VersionId": "LATEST",
            },
            "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
            "OutputFormatConfiguration": {"Serializer": {serde: {"Compression": self.compression}}},
        }

    def statements(self, place: Place) -> list[Statement]:
        """Return the statements for reading the table's schema."""
        catalog = f"arn:{place.partition}:glue:{place.region}:{place.account_id}:catalog"
        return [read_schema(catalog, self.database, self.table)]
