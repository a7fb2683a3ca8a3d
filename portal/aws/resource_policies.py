"""The resource policy of a data stream: one document for all who share it, which each call replaces as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from portal.aws.calls import call, delete_if_exists
from portal.aws.policies.shares import policy_text
from portal.aws.session import AwsSession


def resource_policy(aws: AwsSession, arn: str) -> dict[str, Any] | None:
    """Return the resource policy of a data stream, or None where it has none.

    Raises AwsFault (NOT_FOUND where there is no such stream).
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetResourcePolicy.html
    """
    found: dict[str, Any] = json.loads(call(aws, "kinesis", "GetResourcePolicy", ResourceARN=arn)["Policy"] or "{}")
    return found or None


def put_resource_policy(aws: AwsSession, arn: str, policy: Mapping[str, Any]) -> None:
    """Replace the resource policy of a data stream. AWS has no version of it: the last call wins.

    Raises AwsFault (INVALID where AWS rejects the document). AWS allows five calls a second for each account.
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html
    """
    call(aws, "kinesis", "PutResourcePolicy", ResourceARN=arn, Policy=policy_text(policy))


def delete_resource_policy(aws: AwsSession, arn: str) -> None:
    """Delete the resource policy of a data stream; no error where it has none.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteResourcePolicy.html
    """
    delete_if_exists(aws, "kinesis", "DeleteResourcePolicy", ResourceARN=arn)
