"""Replaces the AWS CLI in the demo and in tests: `aws SERVICE OPERATION --option value …`, as far as scripts need it.

With it, every script of Sluice also runs on a machine without the AWS CLI.
"""

import json
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

import jmespath

from portal.aws.calls import cli_option
from portal.aws.errors import AwsFault, aws_faults
from portal.aws.session import AwsSession

PROJECT = Path(__file__).resolve().parents[2]
SERVICES = {"s3api": "s3"}


def install(folder: Path) -> None:
    """Write the program `aws` into a folder, to be put on a PATH."""
    program = folder / "aws"
    client = Path(__file__).with_name("aws_cli_client.py")
    command = [sys.executable, "-IS", client, _address(), PROJECT]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, command))} "$@"\n')
    program.chmod(0o755)


def _address() -> Path:
    """Return where the server of this process's scripts listens: short, as a socket's path must be, and private."""
    folder = Path(tempfile.gettempdir()) / f"sluice-aws-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user.")
    return folder / f"{os.getpid()}.sock"


def main(arguments: list[str]) -> int:
    """Run one command and print its answer; 254 with AWS's own message where AWS fails, as the real CLI does."""
    service, operation, *rest = arguments
    if service == "configure":
        return 1  # the status of the real CLI for a setting that is not set
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    client = AwsSession(region=region).client(SERVICES.get(service, service))
    method = operation.replace("-", "_")
    name = client.meta.method_to_api_mapping[method]
    query, parameters = _read(rest, client.meta.service_model.operation_model(name).input_shape)
    try:
        with aws_faults(f"{service}:{name}"):
            answer = getattr(client, method)(**parameters)
    except AwsFault as fault:
        message = f"An error occurred ({fault.code}) when calling the {name} operation: {fault.aws_text}"
        print(message, file=sys.stderr)
        return 254
    answer.pop("ResponseMetadata", None)
    answer = json.loads(json.dumps(answer, default=str))  # times are text in the CLI
    if query or answer:
        print(_as_text(jmespath.search(query, answer)) if query else json.dumps(answer))
    return 0


def _read(rest: list[str], shape: Any) -> tuple[str, dict[str, Any]]:
    query, parameters = "", dict[str, Any]()
    while rest:
        option = rest.pop(0)
        value = rest.pop(0) if rest and not rest[0].startswith("--") else None
        if option == "--query":
            query = str(value)
        elif option == "--cli-input-json":
            parameters = {**json.loads(str(value)), **parameters}
        elif option != "--output":
            member = _member_called(option, shape)
            kind = shape.members[member].type_name
            values = [value]
            while kind == "list" and rest and not rest[0].startswith("--"):
                values.append(rest.pop(0))
            is_plain = kind == "list" and value is not None and not value.startswith("[")
            parameters[member] = values if is_plain else _typed(value, kind)
    return query, parameters


def _member_called(option: str, shape: Any) -> str:
    found = next((str(name) for name in shape.members if cli_option(name) == option), None)
    if found is None:
        raise ValueError(f"Unknown options: {option}")
    return found


def _typed(value: str | None, kind: str) -> Any:
    if value is None:
        return True
    if kind in {"integer", "long"}:
        return int(value)
    return json.loads(value) if kind in {"structure", "list", "map"} else value


def _as_text(found: object) -> str:
    return "\t".join(str(item) for item in found) if isinstance(found, list) else str(found)
