"""CloudWatch Logs: where Firehose says why a delivery failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession

# What AWS accepts as the days for which a log group keeps its events; without any it keeps them for ever.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS: tuple[int, ...] = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
RETENTION_DAYS += (1096, 1827, 2192, 2557, 2922, 3288, 3653)
NEVER_EXPIRES = 0


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group. `retention_days` is NEVER_EXPIRES where it keeps its events for ever."""

    name: str
    arn: str
    created_at: datetime
    retention_days: int = NEVER_EXPIRES


def describe_log_group(aws: AwsSession, name: str) -> LogGroup | None:
    """Return a log group, or None.

    AWS omits the retention of a log group whose events never expire.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    """
    found = call(aws, "logs", "DescribeLogGroups", logGroupNamePrefix=name).get("logGroups", [])
    for group in found:
        if group["logGroupName"] == name:
            created_at = datetime.fromtimestamp(group.get("creationTime", 0) / 1000, UTC)
            retention_days = group.get("retentionInDays", NEVER_EXPIRES)
            return LogGroup(name, group.get("arn", ""), created_at, retention_days)
    return None


def log_group_tags(aws: AwsSession, arn: str) -> dict[str, str] | None:
    """Return the tags of a log group, {} of one that is gone, or None where the role may not see them.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html
    """
    try:
        return dict(call(aws, "logs", "ListTagsForResource", resourceArn=arn.removesuffix(":*")).get("tags", {}))
    except AwsFault as fault:
        if fault.kind is FaultKind.NOT_FOUND:
            return {}
        if fault.kind is FaultKind.DENIED:
            return None
        raise


def ensure_log_group(aws: AwsSession, name: str, tags: Mapping[str, str], *, look_first: bool = True) -> bool:
    """Create a log group unless it exists; return whether it was created. Without `look_first` none is read.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    """
    if look_first and describe_log_group(aws, name):
        return False
    return _ensure(aws, "CreateLogGroup", logGroupName=name, tags=dict(tags))


def ensure_log_stream(aws: AwsSession, group: str, name: str, *, look_first: bool = True) -> bool:
    """Create a log stream unless it exists; return whether it was created. Without `look_first` none is read.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
    """
    if look_first and _has_log_stream(aws, group, name):
        return False
    return _ensure(aws, "CreateLogStream", logGroupName=group, logStreamName=name)


def set_retention(aws: AwsSession, name: str, days: int) -> None:
    """Set for how many days a log group keeps its events, one of RETENTION_DAYS or NEVER_EXPIRES.

    AWS deletes older events, usually within 72 hours.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html
    """
    if days == NEVER_EXPIRES:
        call(aws, "logs", "DeleteRetentionPolicy", logGroupName=name)
    else:
        call(aws, "logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)


@dataclass(frozen=True, slots=True)
class LogEvent:
    """An event of a log stream, with its text as it was written."""

    at: datetime
    text: str


def newest_event(aws: AwsSession, group: str, stream: str) -> LogEvent | None:
    """Return the newest event of a log stream, or None where there is none, or no such stream.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
    """
    place = {"logGroupName": group, "logStreamName": stream}
    answer = get_or_none(aws, "logs", "GetLogEvents", **place, limit=1, startFromHead=False)
    found = (answer or {}).get("events") or []
    return LogEvent(datetime.fromtimestamp(found[-1]["timestamp"] / 1000, UTC), found[-1]["message"]) if found else None


def delete_log_group(aws: AwsSession, name: str) -> None:
    """Delete a log group with what is in it; one that is absent is fine.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html
    """
    delete_if_exists(aws, "logs", "DeleteLogGroup", logGroupName=name)


def _has_log_stream(aws: AwsSession, group: str, name: str) -> bool:
    found = call(aws, "logs", "DescribeLogStreams", logGroupName=group, logStreamNamePrefix=name).get("logStreams", [])
    return any(stream["logStreamName"] == name for stream in found)


def _ensure(aws: AwsSession, operation: str, **parameters: Any) -> bool:
    # Another caller may have created it since the check.
    try:
        call(aws, "logs", operation, **parameters)
    except AwsFault as fault:
        if fault.code == "ResourceAlreadyExistsException" and fault.kind is FaultKind.CONFLICT:
            return False
        raise
    return True
