"""The statements of the grant on IAM: what Sluice may create, and what it can never change."""

from __future__ import annotations

from portal.aws.policies.statements import Statement, allow, deny


def identity_statements(iam: str, name_prefix: str, boundary_arn: str, producer_boundary_arn: str) -> list[Statement]:
    """Return the statements on users, roles and policies under /sluice/: none is created without its boundary."""
    users, roles, policies = f"{iam}:user/sluice/*", f"{iam}:role/sluice/*", f"{iam}:policy/sluice/*"
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary_arn}}
    # Users that were created before producers had a boundary of their own keep the other one.
    either = {"StringEquals": {"iam:PermissionsBoundary": [producer_boundary_arn, boundary_arn]}}
    # For a user that does not exist, IAM checks the name without the path.
    by_name = [
        f"{iam}:{kind}/{start}*" for start in dict.fromkeys(["sluice-", name_prefix]) for kind in ("user", "role")
    ]
    return [
        allow("See", ["iam:GetUser", "iam:GetRole"], [users, roles, *by_name]),
        allow("CreateBounded", ["iam:CreateRole", "iam:PutRolePolicy"], roles, condition=bounded),
        allow(
            "CreateProducers",
            ["iam:CreateUser", "iam:PutUserPermissionsBoundary"],
            users,
            condition={"StringEquals": {"iam:PermissionsBoundary": producer_boundary_arn}},
        ),
        # A path of their own: Firehose's roles keep their boundary, and no role of a producer can be passed on.
        allow(
            "CreateProducerRoles",
            ["iam:CreateRole", "iam:PutRolePolicy"],
            f"{iam}:role/sluice/producers/*",
            condition={"StringEquals": {"iam:PermissionsBoundary": producer_boundary_arn}},
        ),
        allow(
            "AttachOurs",
            ["iam:AttachUserPolicy"],
            users,
            condition=either | {"ArnLike": {"iam:PolicyARN": policies}},
        ),
        allow(
            "Users",
            [
                "iam:TagUser",
                "iam:DeleteUser",
                "iam:ListAttachedUserPolicies",
                "iam:DetachUserPolicy",
                "iam:ListUserPolicies",
                "iam:DeleteUserPolicy",
                "iam:CreateAccessKey",
                "iam:ListAccessKeys",
                "iam:UpdateAccessKey",
                "iam:DeleteAccessKey",
            ],
            users,
        ),
        allow("SeeKeyUse", ["iam:GetAccessKeyLastUsed"], users),
        allow(
            "Roles",
            [
                "iam:TagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:GetRolePolicy",
                "iam:ListRolePolicies",
                "iam:ListAttachedRolePolicies",
            ],
            roles,
        ),
        # Always, as with users: what can write must be revocable.
        allow(
            "DeleteProducerRoles",
            ["iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:DeleteRole"],
            f"{iam}:role/sluice/producers/*",
        ),
        allow("DeleteRoles", ["iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:DeleteRole"], roles),
        allow(
            "Policies",
            [
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:ListPolicyVersions",
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:TagPolicy",
                "iam:DeletePolicyVersion",
            ],
            policies,
        ),
        allow("DeletePolicies", ["iam:DeletePolicy"], policies),
        allow(
            "PassToFirehose",
            ["iam:PassRole"],
            roles,
            condition={"StringEquals": {"iam:PassedToService": "firehose.amazonaws.com"}},
        ),
    ]


def protecting_statements(iam: str, boundary_arn: str, producer_boundary_arn: str) -> list[Statement]:
    """Return the statements that deny every change of the permissions boundaries, and to pass a producer's role on."""
    return [
        deny(
            "KeepBoundaries",
            [
                "iam:DeleteUserPermissionsBoundary",
                "iam:PutRolePermissionsBoundary",
                "iam:DeleteRolePermissionsBoundary",
            ],
            "*",
        ),
        # Where the boundary was removed, only this one can be set.
        deny(
            "NoOtherBoundary",
            ["iam:PutUserPermissionsBoundary"],
            "*",
            condition={"StringNotEquals": {"iam:PermissionsBoundary": producer_boundary_arn}},
        ),
        deny(
            "KeepTheBoundary",
            [
                "iam:CreatePolicyVersion",
                "iam:SetDefaultPolicyVersion",
                "iam:DeletePolicyVersion",
                "iam:DeletePolicy",
            ],
            [boundary_arn, producer_boundary_arn],
        ),
        deny("NeverPassProducers", ["iam:PassRole"], f"{iam}:role/sluice/producers/*"),
    ]
