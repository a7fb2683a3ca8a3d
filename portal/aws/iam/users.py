"""IAM users and the managed policies attached to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none, paginate
from portal.aws.iam.access_keys import access_key_ids, delete_access_key
from portal.aws.iam.documents import boundary_argument, tag_mapping, tag_pairs
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class User:
    """An IAM user."""

    name: str
    arn: str
    path: str
    tags: dict[str, str]
    created_at: datetime
    boundary_arn: str | None = None


def get_user(aws: AwsSession, name: str) -> User | None:
    """Return a user, or None. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html"""
    answer = get_or_none(aws, "iam", "GetUser", UserName=name)
    return None if answer is None else _user(answer["User"])


def create_user(
    aws: AwsSession, name: str, *, path: str, tags: Mapping[str, str], boundary_arn: str | None = None
) -> User:
    """Create a user without permissions. Raises AwsFault (CONFLICT when the name is taken, in whatever case).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
    """
    answer = call(
        aws, "iam", "CreateUser", UserName=name, Path=path, Tags=tag_pairs(tags), **boundary_argument(boundary_arn)
    )
    return _user(answer["User"])


def delete_user_completely(aws: AwsSession, name: str) -> None:
    """Delete a user with its access keys and policies; no error where it does not exist.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
    """
    if get_user(aws, name) is None:
        return
    for key in access_key_ids(aws, name):
        delete_access_key(aws, name, key.id)
    for arn in attached_policies(aws, name):
        detach_user_policy(aws, name, arn)
    for inline in inline_policies(aws, name):
        delete_inline_policy(aws, name, inline)
    delete_user(aws, name)


def delete_user(aws: AwsSession, name: str) -> None:
    """Delete a user that has nothing left; no error where it does not exist. Raises AwsFault (CONFLICT with a key).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
    """
    delete_if_exists(aws, "iam", "DeleteUser", UserName=name)


def attached_policies(aws: AwsSession, user: str) -> list[str]:
    """Return the ARNs of the managed policies attached to a user.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html
    """
    return [
        policy["PolicyArn"]
        for policy in paginate(aws, "iam", "ListAttachedUserPolicies", "AttachedPolicies", UserName=user)
    ]


def inline_policies(aws: AwsSession, user: str) -> list[str]:
    """Return the names of the inline policies of a user. Raises AwsFault (NOT_FOUND without the user).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html
    """
    return [str(name) for name in paginate(aws, "iam", "ListUserPolicies", "PolicyNames", UserName=user)]


def attach_user_policy(aws: AwsSession, user: str, arn: str) -> None:
    """Attach a managed policy; attaching it again changes nothing.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html
    """
    call(aws, "iam", "AttachUserPolicy", UserName=user, PolicyArn=arn)


def detach_user_policy(aws: AwsSession, user: str, arn: str) -> None:
    """Detach a managed policy; one that is not attached is fine.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html
    """
    delete_if_exists(aws, "iam", "DetachUserPolicy", UserName=user, PolicyArn=arn)


def delete_inline_policy(aws: AwsSession, user: str, name: str) -> None:
    """Delete an inline policy of a user; no error where it does not exist.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html
    """
    delete_if_exists(aws, "iam", "DeleteUserPolicy", UserName=user, PolicyName=name)


def put_user_boundary(aws: AwsSession, user: str, arn: str) -> None:
    """Set a user's permissions boundary, in place of the one it has. Raises AwsFault (DENIED for any but the grant's).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html
    """
    call(aws, "iam", "PutUserPermissionsBoundary", UserName=user, PermissionsBoundary=arn)


def _user(raw: Mapping[str, Any]) -> User:
    return User(
        name=raw["UserName"],
        arn=raw["Arn"],
        path=raw["Path"],
        tags=tag_mapping(raw),
        created_at=raw["CreateDate"],
        boundary_arn=raw.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
    )
