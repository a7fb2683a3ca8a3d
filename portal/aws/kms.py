"""KMS: whether a key can be used, and keys of the portal's making."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import call, faults_of, get_or_none, paginate
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession

# The longest that AWS waits before a key is gone for good; until then its deletion can be cancelled.
DELETION_DAYS = 30


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key; `manager` is CUSTOMER or AWS, `state` as AWS says it: Enabled, Disabled, PendingDeletion …"""

    arn: str
    enabled: bool
    manager: str
    state: str = "Enabled"
    description: str = ""

    @property
    def is_pending_deletion(self) -> bool:
        """Return whether the key is scheduled for deletion."""
        return self.state == "PendingDeletion"


def describe_key(aws: AwsSession, key_id: str) -> Key | None:
    """Return a key by its id, ARN or alias, or None. Raises AwsFault (DENIED where the key's policy refuses).

    https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
    """
    answer = get_or_none(aws, "kms", "DescribeKey", KeyId=key_id)
    return None if answer is None else _key(answer["KeyMetadata"])


def create_key(aws: AwsSession, *, description: str, policy: Mapping[str, Any]) -> Key:
    """Create a symmetric key without tags, with one attempt only, because each attempt can create a key.

    Raises AwsFault. Tags at creation would need kms:TagResource in an IAM policy that covers every key of the account.
    https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
    https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
    """
    with faults_of(aws, "kms:CreateKey"):
        answer = aws.client("kms", single_attempt=True).create_key(Description=description, Policy=json.dumps(policy))
    return _key(answer["KeyMetadata"])


def tag_key(aws: AwsSession, key_id: str, tags: Mapping[str, str]) -> None:
    """Add tags to a key. Raises AwsFault (DENIED for keys whose policy does not name the role).

    https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html
    """
    pairs = [{"TagKey": key, "TagValue": value} for key, value in tags.items()]
    call(aws, "kms", "TagResource", KeyId=key_id, Tags=pairs)


def key_tags(aws: AwsSession, key_id: str) -> dict[str, str]:
    """Return a key's tags. Raises AwsFault (DENIED for keys whose policy does not name the role).

    https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html
    """
    return {tag["TagKey"]: tag["TagValue"] for tag in paginate(aws, "kms", "ListResourceTags", "Tags", KeyId=key_id)}


def key_arns(aws: AwsSession) -> list[str]:
    """Return the ARNs of every key of the account in the session's Region, in the order of the ARNs.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html
    """
    return sorted(key["KeyArn"] for key in paginate(aws, "kms", "ListKeys", "Keys"))


def keys_described(aws: AwsSession, arns: Iterable[str], description: str) -> list[Key]:
    """Return those of the keys that have this description and are not being deleted; one call for each key.

    A key whose policy does not let IAM decide cannot be described, and is not one of Sluice's.
    https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
    """
    described = (_described_or_none(aws, arn) for arn in arns)
    return [key for key in described if key and key.description == description and not key.is_pending_deletion]


def create_alias(aws: AwsSession, alias: str, key_id: str) -> None:
    """Name a key. Raises AwsFault (CONFLICT where the alias names a key already).

    https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
    """
    call(aws, "kms", "CreateAlias", AliasName=alias, TargetKeyId=key_id)


def key_policy(aws: AwsSession, key_id: str) -> dict[str, Any]:
    """Return a key's policy.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
    """
    document: dict[str, Any] = json.loads(
        call(aws, "kms", "GetKeyPolicy", KeyId=key_id, PolicyName="default")["Policy"]
    )
    return document


def put_key_policy(aws: AwsSession, key_id: str, policy: Mapping[str, Any]) -> None:
    """Set a key's policy; AWS rejects one that would lock out its caller.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
    """
    call(aws, "kms", "PutKeyPolicy", KeyId=key_id, PolicyName="default", Policy=json.dumps(policy))


def rotates(aws: AwsSession, key_id: str) -> bool:
    """Return whether KMS rotates a key every year.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
    """
    return bool(call(aws, "kms", "GetKeyRotationStatus", KeyId=key_id)["KeyRotationEnabled"])


def enable_rotation(aws: AwsSession, key_id: str) -> None:
    """Let KMS renew a key's material every year; what was encrypted before stays readable.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
    """
    call(aws, "kms", "EnableKeyRotation", KeyId=key_id)


def schedule_deletion(aws: AwsSession, key_id: str) -> None:
    """Schedule a key's deletion in DELETION_DAYS; its owner can cancel it until then.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
    """
    call(aws, "kms", "ScheduleKeyDeletion", KeyId=key_id, PendingWindowInDays=DELETION_DAYS)


def _key(raw: Mapping[str, Any]) -> Key:
    return Key(
        arn=raw["Arn"],
        enabled=bool(raw["Enabled"]),
        manager=raw.get("KeyManager", "CUSTOMER"),
        state=raw.get("KeyState", "Enabled"),
        description=raw.get("Description", ""),
    )


def _described_or_none(aws: AwsSession, arn: str) -> Key | None:
    try:
        return describe_key(aws, arn)
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return None
        raise
