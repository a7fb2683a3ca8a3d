"""Schemas of AWS Glue Schema Registry, by the IDs that serializers write before each message."""

from __future__ import annotations

from portal.aws.calls import call
from portal.aws.session import AwsSession

_AVRO = "AVRO"


def avro_schema(aws: AwsSession, schema_version: str) -> str | None:
    """Return the Avro schema of a schema version ID as JSON, or None where its format is another. Raises AwsFault.

    At most 170,000 characters. A schema version never changes.
    https://docs.aws.amazon.com/glue/latest/webapi/API_GetSchemaVersion.html
    """
    answer = call(aws, "glue", "GetSchemaVersion", SchemaVersionId=schema_version)
    return str(answer["SchemaDefinition"]) if answer.get("DataFormat") == _AVRO else None
