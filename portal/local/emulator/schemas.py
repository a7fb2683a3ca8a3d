"""AWS Glue Schema Registry, as far as a reader of records needs it: CreateSchema, and GetSchemaVersion by its ID.

IAM decides on both as on every other call. https://docs.aws.amazon.com/glue/latest/webapi/API_GetSchemaVersion.html
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import glue

_their_request = glue.handle_request
# By account, Region and ID: a schema version of another account is not found.
_versions: dict[tuple[str, str, str], dict[str, str]] = {}


async def handle_request(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, Any]
) -> Any:
    """Answer a request of the registry here, and any other as MiniStack does."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if operation not in {"CreateSchema", "GetSchemaVersion"}:
        return await _their_request(method, path, headers, body, query_params)
    request = json.loads(body or b"{}")
    return create_schema(request) if operation == "CreateSchema" else get_schema_version(request)


def create_schema(request: Mapping[str, Any]) -> Any:
    """Create a schema with its first version."""
    version = str(uuid.uuid4())
    name, data_format = str(request["SchemaName"]), str(request["DataFormat"])
    arn = f"arn:aws:glue:{get_region()}:{get_account_id()}:schema/default-registry/{name}"
    _versions[get_account_id(), get_region(), version] = {
        "SchemaVersionId": version,
        "SchemaDefinition": str(request["SchemaDefinition"]),
        "DataFormat": data_format,
        "SchemaArn": arn,
        "Status": "AVAILABLE",
    }
    return json_response({"SchemaArn": arn, "SchemaName": name, "DataFormat": data_format, "SchemaVersionId": version})


def get_schema_version(request: Mapping[str, Any]) -> Any:
    """Return a schema version by its ID."""
    found = _versions.get((get_account_id(), get_region(), str(request.get("SchemaVersionId", ""))))
    if found is None:
        return error_response_json("EntityNotFoundException", "Schema version is not found.")
    return json_response(found)


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    glue.handle_request = handle_request
