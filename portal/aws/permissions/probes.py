"""Trying what does no harm, where IAM may not be asked: reading, and removing what does not exist.

What would create or change something is not tried; of that the sheet cannot tell.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.aws.calls import call
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.permissions.asks import NAME, Ask
from portal.aws.policies.statements import Arn
from portal.aws.session import AwsSession

Arguments = Callable[[Arn], Mapping[str, Any]]

# Kinds of fault that come after the rights were checked: the call was allowed and found nothing to do.
_LET_THROUGH = {FaultKind.NOT_FOUND, FaultKind.INVALID, FaultKind.CONFLICT}


def _name(arn: Arn) -> str:
    return arn.resource.rpartition("/")[2]


def _nobody(arn: Arn) -> str:
    # Whoever asks to delete something by this name deletes nothing: it is made up on the spot.
    return f"{_name(arn)}-{secrets.token_hex(8)}"


def _now() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def _stream(arn: Arn) -> Mapping[str, Any]:
    return {"StreamName": _name(arn)}


def _policy(arn: Arn) -> Mapping[str, Any]:
    return {"PolicyArn": f"arn:{arn.partition}:iam::{arn.account_id}:{arn.resource}"}


def _one_metric(_: Arn) -> Mapping[str, Any]:
    metric = {"Namespace": "AWS/Kinesis", "MetricName": "IncomingRecords"}
    query = {"Id": "one", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    return {"MetricDataQueries": [query], "StartTime": _now() - timedelta(minutes=5), "EndTime": _now()}


# Each action that can be tried without harm, with what the call is given.
PROBES: dict[str, Arguments] = {
    "kinesis:DescribeStreamSummary": _stream,
    "kinesis:ListShards": _stream,
    "kinesis:ListTagsForStream": _stream,
    "kinesis:GetShardIterator": lambda arn: {
        **_stream(arn),
        "ShardId": "shardId-000000000000",
        "ShardIteratorType": "LATEST",
    },
    "kms:DescribeKey": lambda arn: {"KeyId": f"arn:{arn.partition}:kms:{arn.region}:{arn.account_id}:{arn.resource}"},
    "cloudwatch:GetMetricData": _one_metric,
    "firehose:DescribeDeliveryStream": lambda arn: {"DeliveryStreamName": _name(arn)},
    "firehose:ListTagsForDeliveryStream": lambda arn: {"DeliveryStreamName": _name(arn)},
    "logs:DescribeLogGroups": lambda arn: {"limit": 1},
    "logs:DescribeLogStreams": lambda arn: {"logGroupName": arn.resource.removeprefix("log-group:"), "limit": 1},
    "iam:GetUser": lambda arn: {"UserName": _name(arn)},
    "iam:GetRole": lambda arn: {"RoleName": _name(arn)},
    "iam:GetPolicy": _policy,
    "iam:ListPolicyVersions": _policy,
    "iam:GetPolicyVersion": lambda arn: {**_policy(arn), "VersionId": "v1"},
}
# Only against what cannot exist, or a version that cannot: were it allowed, nothing would happen.
REFUSED_PROBES: dict[str, Arguments] = {
    "kinesis:DeleteStream": lambda arn: {"StreamName": _nobody(arn)},
    "s3:ListAllMyBuckets": lambda arn: {},
    "iam:DeleteUserPermissionsBoundary": lambda arn: {"UserName": _nobody(arn)},
    "iam:DeleteRolePermissionsBoundary": lambda arn: {"RoleName": _nobody(arn)},
    "iam:DeletePolicyVersion": lambda arn: {**_policy(arn), "VersionId": "v9999999"},
}
_OPERATIONS = {"s3:ListAllMyBuckets": "ListBuckets"}
_ANYTHING = Arn("aws", "", "", "", "")


def can_probe(ask: Ask) -> bool:
    """Tell whether an ask can be tried without harm."""
    if ask.is_allowed:
        # IAM looks for a user or role that does not exist under its bare name, so a path proves nothing.
        return ask.action in PROBES and not (
            ask.action in {"iam:GetUser", "iam:GetRole"} and "/sluice/" in ask.resource
        )
    harmless = ask.action in REFUSED_PROBES and (
        NAME in ask.resource or ask.resource == "*" or "policy/" in ask.resource
    )
    return harmless or ask.action in PROBES


def probe(aws: AwsSession, ask: Ask) -> None:
    """Try an ask; returns when AWS let it through, also where there was nothing to do. Raises AwsFault otherwise."""
    arn = _ANYTHING if ask.resource == "*" else Arn.parse(ask.resource)
    arguments = PROBES.get(ask.action) or REFUSED_PROBES[ask.action]
    service, _, action = ask.action.partition(":")
    session = aws.in_region(arn.region) if arn.region else aws
    try:
        call(session, service, _OPERATIONS.get(ask.action, action), **arguments(arn))
    except AwsFault as fault:
        if fault.kind not in _LET_THROUGH:
            raise
