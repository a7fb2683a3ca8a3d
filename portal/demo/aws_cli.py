"""Plays the AWS CLI in the demo and in tests: `aws SERVICE OPERATION --option value …`, as far as scripts need.

A machine with the real one does not need it; one without can run every script that Sluice gives all the same.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import jmespath

from portal.aws.errors import AwsFault, aws_faults
from portal.aws.session import AwsSession

PROJECT = Path(__file__).resolve().parents[2]
SERVICES = {"s3api": "s3"}


def install(folder: Path) -> None:
    """Write the program `aws` into a folder, for somebody's PATH."""
    program = folder / "aws"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m {__name__} "$@"\n')
    program.chmod(0o755)


def main(arguments: list[str]) -> int:
    """Carry one command out and print its answer; 254 with AWS's own words where AWS refuses, as the real one does."""
    service, operation, *rest = arguments
    if service == "configure":
        return 1  # nothing is set, and the real one says so by this status
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    client = AwsSession(region=region).client(SERVICES.get(service, service))
    method = operation.replace("-", "_")
    name = client.meta.method_to_api_mapping[method]
    query, asked = _read(rest, client.meta.service_model.operation_model(name).input_shape)
    try:
        with aws_faults(f"{service}:{name}"):
            answer = getattr(client, method)(**asked)
    except AwsFault as refused:
        said = f"An error occurred ({refused.code}) when calling the {name} operation: {refused.aws_text}"
        print(said, file=sys.stderr)
        return 254
    answer.pop("ResponseMetadata", None)
    answer = json.loads(json.dumps(answer, default=str))  # times are text in the CLI
    if query or answer:
        print(_as_text(jmespath.search(query, answer)) if query else json.dumps(answer))
    return 0


def _read(rest: list[str], shape: Any) -> tuple[str, dict[str, Any]]:
    query, asked = "", dict[str, Any]()
    while rest:
        option = rest.pop(0)
        value = rest.pop(0) if rest and not rest[0].startswith("--") else None
        if option == "--query":
            query = str(value)
        elif option == "--cli-input-json":
            asked = {**json.loads(str(value)), **asked}
        elif option != "--output":
            member = _member_called(option, shape)
            kind = shape.members[member].type_name
            words = [value]
            while kind == "list" and rest and not rest[0].startswith("--"):
                words.append(rest.pop(0))
            is_plain = kind == "list" and value is not None and not value.startswith("[")
            asked[member] = words if is_plain else _typed(value, kind)
    return query, asked


def _member_called(option: str, shape: Any) -> str:
    plain = option.removeprefix("--").replace("-", "").lower()
    return next(str(name) for name in shape.members if name.lower() == plain)


def _typed(value: str | None, kind: str) -> Any:
    if value is None:
        return True
    if kind in {"integer", "long"}:
        return int(value)
    return json.loads(value) if kind in {"structure", "list", "map"} else value


def _as_text(found: object) -> str:
    return "\t".join(str(one) for one in found) if isinstance(found, list) else str(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
