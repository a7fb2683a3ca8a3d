"""Stands in for the AWS CLI: `aws_cli.py SERVICE OPERATION --option value …`, by boto3, as far as scripts need."""

import json
import os
import sys

import boto3
import jmespath
from botocore.exceptions import ClientError

NUMBERS = {"MaxSessionDuration"}


def main(arguments: list[str]) -> int:
    service, operation, *rest = arguments
    query, asked = "", {}
    while rest:
        name = rest.pop(0)
        value: object = rest.pop(0) if rest and not rest[0].startswith("--") else True
        if name == "--query":
            query = str(value)
        elif name != "--output":
            asked[pascal(name)] = value
    asked = {name: int(str(value)) if name in NUMBERS else value for name, value in asked.items()}
    client = boto3.client(service, region_name=os.environ.get("AWS_DEFAULT_REGION", "us-east-1"))
    try:
        answer = getattr(client, operation.replace("-", "_"))(**asked)
    except ClientError as refused:
        print(refused, file=sys.stderr)
        return 254
    answer.pop("ResponseMetadata", None)
    answer = json.loads(json.dumps(answer, default=str))  # times are text in the CLI
    print(as_text(jmespath.search(query, answer)) if query else json.dumps(answer))
    return 0


def pascal(option: str) -> str:
    return "".join(part.capitalize() for part in option.removeprefix("--").split("-"))


def as_text(found: object) -> str:
    return "\t".join(str(one) for one in found) if isinstance(found, list) else str(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
