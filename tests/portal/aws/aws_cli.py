"""Stands in for the AWS CLI: `aws_cli.py SERVICE OPERATION --option value …`, by boto3, as far as scripts need."""

import json
import os
import sys
from typing import Any

import boto3
import jmespath
from botocore.exceptions import ClientError
from botocore.model import StructureShape

SERVICES = {"s3api": "s3"}


def main(arguments: list[str]) -> int:
    service, operation, *rest = arguments
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client(SERVICES.get(service, service), region_name=region)
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    query, asked = "", {}
    while rest:
        name = rest.pop(0)
        value = rest.pop(0) if rest and not rest[0].startswith("--") else None
        if name == "--query":
            query = str(value)
        elif name == "--cli-input-json":
            asked = {**json.loads(str(value)), **asked}
        elif name != "--output":
            member = member_called(name, shape)
            asked[member] = typed(value, shape.members[member].type_name)
    try:
        answer = getattr(client, method)(**asked)
    except ClientError as refused:
        print(refused, file=sys.stderr)
        return 254
    answer.pop("ResponseMetadata", None)
    answer = json.loads(json.dumps(answer, default=str))  # times are text in the CLI
    print(as_text(jmespath.search(query, answer)) if query else json.dumps(answer))
    return 0


def member_called(option: str, shape: StructureShape) -> str:
    plain = option.removeprefix("--").replace("-", "").lower()
    return next(name for name in shape.members if name.lower() == plain)


def typed(value: str | None, kind: str) -> Any:
    if value is None:
        return True
    if kind in {"integer", "long"}:
        return int(value)
    return json.loads(value) if kind in {"structure", "list", "map"} else value


def as_text(found: object) -> str:
    return "\t".join(str(one) for one in found) if isinstance(found, list) else str(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
