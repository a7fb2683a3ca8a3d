"""The four ways a call to AWS is made: plainly, of what may be absent, for it to be gone, and page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from portal.aws.errors import AwsFault, aws_faults
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession


def call(aws: AwsSession, service: str, operation: str, **asked: Any) -> Mapping[str, Any]:
    """Make a call, named as AWS names it ("CreateStream"). Raises AwsFault."""
    with aws_faults(f"{service}:{operation}"):
        answer: Mapping[str, Any] = getattr(aws.client(service), xform_name(operation))(**asked)
    return answer


def found(aws: AwsSession, service: str, operation: str, **asked: Any) -> Mapping[str, Any] | None:
    """Make a call about something that may be absent: then None. Raises AwsFault of every other kind."""
    try:
        return call(aws, service, operation, **asked)
    except AwsFault as fault:
        if fault.kind is FaultKind.NOT_FOUND:
            return None
        raise


def gone(aws: AwsSession, service: str, operation: str, **asked: Any) -> None:
    """Make a call that removes something; that it is absent already is fine. Raises AwsFault of every other kind."""
    found(aws, service, operation, **asked)


def every(aws: AwsSession, service: str, operation: str, member: str, **asked: Any) -> list[Any]:
    """Return the items of an answer's member, over all its pages. Raises AwsFault."""
    with aws_faults(f"{service}:{operation}"):
        pages = aws.client(service).get_paginator(xform_name(operation)).paginate(**asked)
        return [item for page in pages for item in page.get(member, ())]
