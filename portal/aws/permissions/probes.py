"""Test calls without effect, for roles that may not simulate: reads, and deletes of what does not exist.

A call that would create or change something is not made, so the report has no result for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from portal.aws.calls import call
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.permissions.checks import PermissionCheck
from portal.aws.permissions.example_resources import NAME
from portal.aws.policies.statements import Arn
from portal.aws.session import AwsSession

Arguments = Callable[[Arn], Mapping[str, Any]]

# Kinds of fault that AWS reports after it checked permissions: the call was allowed and had nothing to do.
_ALLOWED = {FaultKind.NOT_FOUND, FaultKind.INVALID, FaultKind.CONFLICT}


def _name(arn: Arn) -> str:
    return arn.resource.rpartition("/")[2]


def _absent_name(arn: Arn) -> str:
    # Deleting a resource of this random name deletes nothing.
    return f"{_name(arn)}-{secrets.token_hex(8)}"


def _now() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def _stream(arn: Arn) -> Mapping[str, Any]:
    return {"StreamName": _name(arn)}


def _policy(arn: Arn) -> Mapping[str, Any]:
    return {"PolicyArn": f"arn:{arn.partition}:iam::{arn.account_id}:{arn.resource}"}


def _metric_query(_: Arn) -> Mapping[str, Any]:
    metric = {"Namespace": "AWS/Kinesis", "MetricName": "IncomingRecords"}
    query = {"Id": "metric", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    return {"MetricDataQueries": [query], "StartTime": _now() - timedelta(minutes=5), "EndTime": _now()}


# Each action that can be tested without effect, with the arguments of its call.
PROBES: dict[str, Arguments] = {
    "kinesis:DescribeStreamSummary": _stream,
    "kinesis:ListShards": _stream,
    "kinesis:ListTagsForStream": _stream,
    "kinesis:ListStreamConsumers": lambda arn: {
        "StreamARN": f"arn:{arn.partition}:kinesis:{arn.region}:{arn.account_id}:{arn.resource}"
    },
    "kinesis:GetResourcePolicy": lambda arn: {
        "ResourceARN": f"arn:{arn.partition}:kinesis:{arn.region}:{arn.account_id}:{arn.resource}"
    },
    "kinesis:GetShardIterator": lambda arn: {
        **_stream(arn),
        "ShardId": "shardId-000000000000",
        "ShardIteratorType": "LATEST",
    },
    "kms:DescribeKey": lambda arn: {"KeyId": f"arn:{arn.partition}:kms:{arn.region}:{arn.account_id}:{arn.resource}"},
    "cloudwatch:GetMetricData": _metric_query,
    "lambda:ListEventSourceMappings": lambda arn: {"MaxItems": 1},
    "glue:GetSchemaVersion": lambda arn: {"SchemaVersionId": str(uuid4())},
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
# Only on resources or versions that cannot exist: even if allowed, the call has no effect.
DENIED_PROBES: dict[str, Arguments] = {
    "kinesis:DeleteStream": lambda arn: {"StreamName": _absent_name(arn)},
    "s3:ListAllMyBuckets": lambda arn: {},
    "iam:DeleteUserPermissionsBoundary": lambda arn: {"UserName": _absent_name(arn)},
    "iam:DeleteRolePermissionsBoundary": lambda arn: {"RoleName": _absent_name(arn)},
    "iam:DeletePolicyVersion": lambda arn: {**_policy(arn), "VersionId": "v9999999"},
}
_OPERATIONS = {"s3:ListAllMyBuckets": "ListBuckets"}
_ANYTHING = Arn("aws", "", "", "", "")


def can_probe(check: PermissionCheck) -> bool:
    """Return whether a check can be tested with a call that has no effect."""
    if check.is_allowed:
        # IAM looks up a user or role by its name without the path, so a path proves nothing.
        return check.action in PROBES and not (
            check.action in {"iam:GetUser", "iam:GetRole"} and "/sluice/" in check.resource
        )
    harmless = check.action in DENIED_PROBES and (
        NAME in check.resource or check.resource == "*" or "policy/" in check.resource
    )
    return harmless or check.action in PROBES


def probe(aws: AwsSession, check: PermissionCheck) -> None:
    """Test a check by a call; returns when AWS allowed it, also where it had nothing to do, else raises AwsFault."""
    arn = _ANYTHING if check.resource == "*" else Arn.parse(check.resource)
    arguments = PROBES.get(check.action) or DENIED_PROBES[check.action]
    service, _, action = check.action.partition(":")
    session = aws.in_region(arn.region) if arn.region else aws
    try:
        call(session, service, _OPERATIONS.get(check.action, action), **arguments(arn))
    except AwsFault as fault:
        if fault.kind not in _ALLOWED:
            raise
