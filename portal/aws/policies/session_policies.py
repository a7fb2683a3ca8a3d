"""Session policies: the part of the role's permissions that one session of Sluice can use.

A session has only what both the role's policies and its session policy allow. An inline session policy has at most
2,048 characters. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from portal.aws.policies.error_files import error_file_session
from portal.aws.policies.readers import LIST_CONSUMERS, LIST_MAPPINGS, SCAN_LEASES
from portal.aws.policies.schemas import GET_SCHEMA
from portal.aws.policies.statements import Document, Statement, allow, deny, document, via_service

MOST_CHARACTERS = 2048

# What reads records: from a data stream, or from the bucket to which they were delivered.
READ_RECORDS = ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:SubscribeToShard", "s3:GetObject*")
# The reading actions of the grant; kinesis:Get* and s3:Get* are not among them, because they read records.
_READ = (
    "kinesis:Describe*",
    "kinesis:List*",
    "kinesis:GetResourcePolicy",
    "kms:Describe*",
    "kms:Get*",
    "kms:List*",
    "tag:Get*",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:ListBucket",
    "firehose:Describe*",
    "firehose:List*",
    "logs:Describe*",
    "logs:List*",
    "iam:Get*",
    "iam:List*",
    "iot:Describe*",
    "iot:List*",
    "iot:GetPolicy",
    "iot:GetTopicRule",
    "cloudwatch:GetMetricData",
)


# What a diagnosis reads besides: why Firehose could not deliver, and recent changes.
_DIAGNOSIS = ("logs:GetLogEvents", "cloudtrail:LookupEvents")


class SessionScope(StrEnum):
    """What a session is for, which decides its session policy."""

    METRICS = "metrics"
    RECORDS = "records"
    SETTINGS = "settings"
    DIAGNOSIS = "diagnosis"
    TRAIL = "trail"
    READERS = "readers"
    ERROR_FILES = "error_files"
    PROVISIONING = "provisioning"


def session_policy(
    scope: SessionScope,
    *,
    granted: Iterable[Mapping[str, Any]],
    account_id: str,
    partition: str = "aws",
    stream_arn: str = "",
    files_arn: str = "",
) -> Document:
    """Return the session policy of a scope; `granted` are the documents of the role's own policies.

    METRICS reads metrics and shards, RECORDS reads records and their schemas, SETTINGS reads settings, DIAGNOSIS also
    errors of Firehose and CloudTrail's event history, TRAIL that history alone, READERS who reads a stream and with
    which lag, ERROR_FILES the files of `files_arn` (a bucket's ARN and a prefix), and PROVISIONING does what the role
    may, except reading records: only those of `stream_arn`, where a run reads its test record, or none.
    """
    if scope is SessionScope.PROVISIONING:
        return _provisioning(granted, stream_arn)
    if scope is SessionScope.ERROR_FILES:
        return error_file_session(files_arn)
    return _READING[scope](account_id, partition)


def no_permissions() -> Document:
    """Return the session policy of the trust test, which needs to assume the role and nothing more.

    GetCallerIdentity is answered whatever a policy denies.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    return document(deny("Nothing", ["*"], "*"))


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html
def _metrics(account_id: str, partition: str) -> Document:
    return document(
        allow("Metrics", ["cloudwatch:GetMetricData"], "*"),
        allow("Shards", ["kinesis:DescribeStreamSummary", "kinesis:ListShards"], _streams(account_id, partition)),
    )


# https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
def _records(account_id: str, partition: str) -> Document:
    through = {"StringLike": {"kms:ViaService": via_service("kinesis", "*", partition=partition)}}
    actions = ["kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"]
    return document(
        allow("Records", actions, _streams(account_id, partition)),
        allow("Schemas", [GET_SCHEMA], "*"),
        allow("Decrypt", ["kms:Decrypt"], f"arn:{partition}:kms:*:{account_id}:key/*", condition=through),
    )


def _settings(account_id: str, partition: str) -> Document:
    return document(allow("Settings", _READ, "*"))


def _diagnosis(account_id: str, partition: str) -> Document:
    return document(allow("Diagnosis", [*_READ, *_DIAGNOSIS], "*"))


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
def _trail(_account_id: str, _partition: str) -> Document:
    return document(allow("Trail", ["cloudtrail:LookupEvents"], "*"))


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
def _readers(account_id: str, partition: str) -> Document:
    return document(
        allow("Lag", ["cloudwatch:GetMetricData"], "*"),
        allow("Consumers", [LIST_CONSUMERS], _streams(account_id, partition)),
        allow("Mappings", [LIST_MAPPINGS], "*"),
        allow("Leases", [SCAN_LEASES], f"arn:{partition}:dynamodb:*:{account_id}:table/*"),
    )


_READING: dict[SessionScope, Callable[[str, str], Document]] = {
    SessionScope.METRICS: _metrics,
    SessionScope.RECORDS: _records,
    SessionScope.SETTINGS: _settings,
    SessionScope.DIAGNOSIS: _diagnosis,
    SessionScope.TRAIL: _trail,
    SessionScope.READERS: _readers,
}


def _provisioning(granted: Iterable[Mapping[str, Any]], stream_arn: str) -> Document:
    """Return the services of the grant, IAM on the grant's own resources; other streams cannot be read."""
    allowed = [statement for policy in granted for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    services = {_service_of(action) for statement in allowed for action in statement["Action"]}
    entities = {arn for statement in allowed if _is_of_iam(statement) for arn in _many(statement["Resource"])}
    return document(
        allow("Services", [f"{service}:*" for service in sorted(services - {"iam"})], "*"),
        allow("Identities", ["iam:*"], sorted(entities)),
        _no_records(stream_arn),
    )


def _no_records(stream_arn: str) -> Statement:
    denied = deny("NoRecords", READ_RECORDS, "*")
    if stream_arn:
        del denied["Resource"]
        denied["NotResource"] = stream_arn
    return denied


def _service_of(action: str) -> str:
    return action.partition(":")[0]


def _is_of_iam(statement: Statement) -> bool:
    return any(_service_of(action) == "iam" for action in statement["Action"])


def _streams(account_id: str, partition: str) -> str:
    return f"arn:{partition}:kinesis:*:{account_id}:stream/*"


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
