"""Roles of consumers: who can assume them, the most that they can ever do, and what Sluice needs to manage them."""

from __future__ import annotations

from collections.abc import Sequence

from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.statements import Document, Statement, allow, deny, document, via_service

READ_STREAM = (
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:ListShards",
    "kinesis:GetShardIterator",
    "kinesis:GetRecords",
)
READ_BY_FAN_OUT = ("kinesis:SubscribeToShard", "kinesis:DescribeStreamConsumer")
_CONSUMERS = "/consumer/*"


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
def consumer_trust_policy(principal_arns: Sequence[str], external_id: str) -> Document:
    """Return the trust policy of a consumer's role: these principals alone, with this external ID only.

    A whole account is its root principal, whose own policies then decide. IAM stores a single principal as text.
    """
    principals: str | list[str] = principal_arns[0] if len(principal_arns) == 1 else list(principal_arns)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ConsumersWithTheirExternalId",
                "Effect": "Allow",
                "Principal": {"AWS": principals},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
def consumer_boundary_policy(
    account_id: str, name_prefix: str, partition: str = "aws", *, optional: ChosenPermissions = DEFAULT_PERMISSIONS
) -> Document:
    """Return the permissions boundary of consumers' roles: the most that any of them can ever do is read records.

    Whatever policy such a role gets, it can put no record and change no stream.
    """
    named = f"arn:{partition}:kinesis:*:{account_id}:stream/{name_prefix}*"
    listed = listed_resources(optional.others).get("OtherStreams")
    through = {"StringLike": {"kms:ViaService": [via_service("kinesis", "*", partition=partition)]}}
    others: list[Statement] = []
    if listed is not None:
        # Of the listed streams only. In the hosted template they are one parameter, which it takes apart.
        consumers = f"{listed}{_CONSUMERS}" if isinstance(listed, str) else [f"{arn}{_CONSUMERS}" for arn in listed]
        others = [
            allow("OtherStreams", READ_STREAM, listed),
            allow("OtherStreamsByFanOut", READ_BY_FAN_OUT, consumers),
        ]
    return document(
        allow("ReadRecords", READ_STREAM, named),
        allow("EnhancedFanOut", READ_BY_FAN_OUT, f"{named}{_CONSUMERS}"),
        allow("DecryptRecords", ["kms:Decrypt"], f"arn:{partition}:kms:*:{account_id}:key/*", condition=through),
        *optional.keep(others),
    )


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
def consumer_role_statements(iam: str, boundary_arn: str, own_policies: Sequence[str]) -> list[Statement]:
    """Return the statements of the grant on roles of consumers; those on every role under /sluice/ hold beside them.

    `own_policies` are the policies that exist only where this permission is chosen: the role reads them to find out
    whether it is older than the choice.
    """
    roles = f"{iam}:role/sluice/consumers/*"
    return [
        allow("SeeConsumerPolicies", ["iam:GetPolicy", "iam:GetPolicyVersion"], own_policies),
        allow(
            "CreateConsumerRoles",
            ["iam:CreateRole", "iam:PutRolePolicy"],
            roles,
            condition={"StringEquals": {"iam:PermissionsBoundary": boundary_arn}},
        ),
        allow("SetSessionDuration", ["iam:UpdateRole"], roles),
        # Always, as with producers: what can read must be revocable.
        allow("DeleteConsumerRoles", ["iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:DeleteRole"], roles),
        deny("NeverPassConsumers", ["iam:PassRole"], roles),
        deny(
            "KeepConsumerBoundary",
            ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy"],
            boundary_arn,
        ),
    ]
