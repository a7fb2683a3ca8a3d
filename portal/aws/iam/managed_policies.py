"""Managed policies and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none, paginate
from portal.aws.iam.documents import as_document, as_json, tag_mapping, tag_pairs
from portal.aws.session import AwsSession

MOST_POLICY_VERSIONS = 5


@dataclass(frozen=True, slots=True)
class Policy:
    """A managed policy with the document of its default version."""

    name: str
    arn: str
    default_version_id: str
    document: dict[str, Any]
    tags: dict[str, str]


def policy_arn(account_id: str, name: str, path: str = "/sluice/", partition: str = "aws") -> str:
    """Return the ARN of a managed policy."""
    return f"arn:{partition}:iam::{account_id}:policy{path}{name}"


def is_quarantine(arn: str) -> bool:
    """Return whether a policy is one that AWS attaches to a user whose access key it found exposed, and that stays.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
    """
    return ":iam::aws:policy/AWSCompromisedKeyQuarantine" in arn


def get_policy(aws: AwsSession, arn: str) -> Policy | None:
    """Return a managed policy with its default document, or None.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
    """
    answer = get_or_none(aws, "iam", "GetPolicy", PolicyArn=arn)
    if answer is None:
        return None
    policy = answer["Policy"]
    version = call(aws, "iam", "GetPolicyVersion", PolicyArn=arn, VersionId=policy["DefaultVersionId"])
    return Policy(
        name=policy["PolicyName"],
        arn=arn,
        default_version_id=policy["DefaultVersionId"],
        document=as_document(version["PolicyVersion"]["Document"]),
        tags=tag_mapping(policy),
    )


def create_policy(
    aws: AwsSession, name: str, *, path: str, document: Mapping[str, Any], tags: Mapping[str, str]
) -> str:
    """Create a managed policy and return its ARN. Raises AwsFault (CONFLICT when the name is taken).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
    """
    answer = call(
        aws, "iam", "CreatePolicy", PolicyName=name, Path=path, PolicyDocument=as_json(document), Tags=tag_pairs(tags)
    )
    return str(answer["Policy"]["Arn"])


def new_policy_version(aws: AwsSession, arn: str, document: Mapping[str, Any]) -> str:
    """Set the policy's default version and return its ID; the oldest of five versions is deleted.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html
    """
    versions = list(paginate(aws, "iam", "ListPolicyVersions", "Versions", PolicyArn=arn))
    if len(versions) >= MOST_POLICY_VERSIONS:
        spare = [version for version in versions if not version["IsDefaultVersion"]]
        oldest = min(spare, key=lambda version: int(version["VersionId"].removeprefix("v")))
        delete_if_exists(aws, "iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=oldest["VersionId"])
    answer = call(aws, "iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=as_json(document), SetAsDefault=True)
    return str(answer["PolicyVersion"]["VersionId"])


def delete_policy(aws: AwsSession, arn: str) -> None:
    """Delete a managed policy with its versions, which may not exist. Raises AwsFault (CONFLICT while attached).

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
    """
    if get_or_none(aws, "iam", "GetPolicy", PolicyArn=arn) is None:
        return
    for version in paginate(aws, "iam", "ListPolicyVersions", "Versions", PolicyArn=arn):
        if not version["IsDefaultVersion"]:
            delete_if_exists(aws, "iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=version["VersionId"])
    delete_if_exists(aws, "iam", "DeletePolicy", PolicyArn=arn)
