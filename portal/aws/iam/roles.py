"""IAM roles, their trust and inline policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none, paginate
from portal.aws.iam.documents import as_document, as_json, boundary_argument, tag_mapping, tag_pairs
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role with its trust policy."""

    name: str
    arn: str
    path: str
    tags: dict[str, str]
    created_at: datetime
    trust: dict[str, Any]
    session_seconds: int = 3600
    boundary_arn: str | None = None


def get_role(aws: AwsSession, name: str) -> Role | None:
    """Return a role, or None. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html"""
    answer = get_or_none(aws, "iam", "GetRole", RoleName=name)
    return None if answer is None else _role(answer["Role"])


def create_role(
    aws: AwsSession,
    name: str,
    *,
    path: str,
    trust: Mapping[str, Any],
    tags: Mapping[str, str],
    boundary_arn: str | None = None,
    session_seconds: int | None = None,
) -> Role:
    """Create a role without permissions. Raises AwsFault (CONFLICT when the name is taken, in whatever case).

    `session_seconds` is the longest session, 3,600 to 43,200; without it AWS sets 3,600.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    answer = call(
        aws,
        "iam",
        "CreateRole",
        RoleName=name,
        Path=path,
        AssumeRolePolicyDocument=as_json(trust),
        Tags=tag_pairs(tags),
        **({} if session_seconds is None else {"MaxSessionDuration": session_seconds}),
        **boundary_argument(boundary_arn),
    )
    return _role(answer["Role"])


def set_session_duration(aws: AwsSession, role: str, seconds: int) -> None:
    """Set the longest session of a role, 3,600 to 43,200 seconds. It leaves the role's description as it is.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
    """
    call(aws, "iam", "UpdateRole", RoleName=role, MaxSessionDuration=seconds)


def update_trust(aws: AwsSession, role: str, trust: Mapping[str, Any]) -> None:
    """Replace a role's trust policy.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
    """
    call(aws, "iam", "UpdateAssumeRolePolicy", RoleName=role, PolicyDocument=as_json(trust))


def put_role_policy(aws: AwsSession, role: str, name: str, document: Mapping[str, Any]) -> None:
    """Set an inline policy of a role.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
    """
    call(aws, "iam", "PutRolePolicy", RoleName=role, PolicyName=name, PolicyDocument=as_json(document))


def role_policy(aws: AwsSession, role: str, name: str) -> dict[str, Any] | None:
    """Return an inline policy of a role, or None.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
    """
    answer = get_or_none(aws, "iam", "GetRolePolicy", RoleName=role, PolicyName=name)
    return None if answer is None else as_document(answer["PolicyDocument"])


def attached_role_policies(aws: AwsSession, role: str) -> list[str]:
    """Return the ARNs of the managed policies that are attached to a role. Raises AwsFault (NOT_FOUND without it).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
    """
    found = paginate(aws, "iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=role)
    return [policy["PolicyArn"] for policy in found]


def inline_role_policies(aws: AwsSession, role: str) -> list[str]:
    """Return the names of a role's inline policies. Raises AwsFault (NOT_FOUND without it).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
    """
    return list(paginate(aws, "iam", "ListRolePolicies", "PolicyNames", RoleName=role))


def detach_role_policy(aws: AwsSession, role: str, arn: str) -> None:
    """Detach a managed policy from a role; no error where it is not attached.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html
    """
    delete_if_exists(aws, "iam", "DetachRolePolicy", RoleName=role, PolicyArn=arn)


def delete_role_policy(aws: AwsSession, role: str, name: str) -> None:
    """Delete an inline policy of a role; no error where it does not exist.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html
    """
    delete_if_exists(aws, "iam", "DeleteRolePolicy", RoleName=role, PolicyName=name)


def delete_role_completely(aws: AwsSession, name: str) -> None:
    """Delete a role with its policies; no error where it does not exist.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
    """
    if get_role(aws, name) is None:
        return
    for arn in attached_role_policies(aws, name):
        detach_role_policy(aws, name, arn)
    for inline in inline_role_policies(aws, name):
        delete_role_policy(aws, name, inline)
    delete_if_exists(aws, "iam", "DeleteRole", RoleName=name)


def _role(raw: Mapping[str, Any]) -> Role:
    return Role(
        name=raw["RoleName"],
        arn=raw["Arn"],
        path=raw["Path"],
        tags=tag_mapping(raw),
        created_at=raw["CreateDate"],
        trust=as_document(raw["AssumeRolePolicyDocument"]),
        session_seconds=raw.get("MaxSessionDuration", 3600),
        boundary_arn=raw.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
    )
