"""The ways to call AWS: once, for a resource that may be absent, to delete one, page by page, and tag by tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore import xform_name

from portal.aws.errors import AwsFault, aws_faults
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession


@contextmanager
def faults_of(aws: AwsSession, operation: str) -> Iterator[None]:
    """Translate what botocore raises inside the block into AwsFault, and report it to the session first."""
    try:
        with aws_faults(operation):
            yield
    except AwsFault as fault:
        aws.report(fault)
        raise


def call(aws: AwsSession, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
    """Make a call, named as AWS names it ("CreateStream"). Raises AwsFault."""
    with faults_of(aws, f"{service}:{operation}"):
        answer: Mapping[str, Any] = getattr(aws.client(service), xform_name(operation))(**parameters)
    return answer


def read_body(aws: AwsSession, operation: str, answer: Mapping[str, Any], *, most_bytes: int | None = None) -> bytes:
    """Return what an answer streams, or at most so many bytes of it; `operation` is "service:Operation".

    Raises AwsFault, also when the answer breaks off in the middle.
    """
    with faults_of(aws, operation):
        return bytes(answer["Body"].read(most_bytes))


def cli_option(member: str) -> str:
    """Return the AWS CLI's option for a member of a request, such as --max-record-size-in-ki-b of MaxRecordSizeInKiB.

    https://docs.aws.amazon.com/cli/latest/reference/kinesis/update-max-record-size.html
    """
    return f"--{xform_name(member, '-')}"


def get_or_none(aws: AwsSession, service: str, operation: str, **parameters: Any) -> Mapping[str, Any] | None:
    """Make a call and return its answer, or None where the resource does not exist. Raises AwsFault of other kinds."""
    try:
        return call(aws, service, operation, **parameters)
    except AwsFault as fault:
        if fault.kind is FaultKind.NOT_FOUND:
            return None
        raise


def delete_if_exists(aws: AwsSession, service: str, operation: str, **parameters: Any) -> None:
    """Make a call that deletes a resource, which may be absent already. Raises AwsFault of other kinds."""
    get_or_none(aws, service, operation, **parameters)


def paginate(aws: AwsSession, service: str, operation: str, member: str, **parameters: Any) -> list[Any]:
    """Return the items of a member of the answer, from all pages. Raises AwsFault."""
    with faults_of(aws, f"{service}:{operation}"):
        pages = aws.client(service).get_paginator(xform_name(operation)).paginate(**parameters)
        return [item for page in pages for item in page.get(member, ())]


def list_tags(aws: AwsSession, service: str, operation: str, **parameters: Any) -> dict[str, str]:
    """Return the tags of a resource whose service pages them by the last key: Kinesis and Firehose. Raises AwsFault."""
    tags: dict[str, str] = {}
    more: dict[str, str] = {}
    while True:
        answer = call(aws, service, operation, **parameters, **more)
        tags |= {tag["Key"]: tag.get("Value", "") for tag in answer["Tags"]}
        if not answer["HasMoreTags"]:
            return tags
        more = {"ExclusiveStartTagKey": answer["Tags"][-1]["Key"]}
