"""What Sluice may do in a client's account, and what it can never pass on."""

from __future__ import annotations

from portal.aws.policies.destination_boundary import USE_RECORDS, destination_statements
from portal.aws.policies.keys import key_statements
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.optional_permissions import DEFAULT_PERMISSIONS, ChosenPermissions
from portal.aws.policies.statements import Document, Statement, allow, deny, document, via_service


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
def portal_trust_policy(portal_principal_arn: str, external_id: str) -> Document:
    """Return the trust policy of the portal's role: the portal can assume it, with the external ID only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "SluiceWithItsExternalId",
                "Effect": "Allow",
                "Principal": {"AWS": portal_principal_arn},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
# (and the same page of Firehose, S3, CloudWatch Logs, KMS and IAM)
def portal_policies(
    account_id: str,
    name_prefix: str,
    boundary_arn: str,
    partition: str = "aws",
    *,
    optional: ChosenPermissions = DEFAULT_PERMISSIONS,
    suffix: str = "",
) -> dict[str, Document]:
    """Return the portal's managed policies by name: all it needs to set up, update and remove a delivery.

    Everything is limited to names that begin with `name_prefix` and to data streams listed for adoption, in IAM to the
    path /sluice/. Optional permissions have their own statements, so that excluding one changes no other statement.
    """
    iam = f"arn:{partition}:iam::{account_id}"
    streams = _streams(f"arn:{partition}:kinesis:*:{account_id}:stream/{name_prefix}*", account_id, partition)
    streams += _other_streams(optional)
    delivery = [*_buckets(name_prefix, partition), *_firehose(account_id, name_prefix, partition)]
    own = [f"{iam}:policy/{name}{suffix}" for name in ("SluiceStreams", "SluiceDelivery", "SluiceIdentity")]
    identity = [
        allow("SeeOwnRights", ["iam:SimulatePrincipalPolicy"], f"{iam}:role/SluiceAccess{suffix}"),
        # To find out whether the role is older than the choice of permissions.
        allow("SeeOwnPolicies", ["iam:GetPolicy", "iam:GetPolicyVersion"], [*own, boundary_arn]),
        *_identities(iam, name_prefix, boundary_arn),
        *_untouchable(boundary_arn),
    ]
    return {
        "SluiceStreams": document(*_chosen([*streams, *key_statements(account_id, name_prefix, partition)], optional)),
        "SluiceDelivery": document(*_chosen(delivery, optional)),
        "SluiceIdentity": document(*_chosen(identity, optional)),
    }


def _chosen(statements: list[Statement], optional: ChosenPermissions) -> list[Statement]:
    return [statement for statement in statements if statement["Sid"] not in optional.excluded_statements]


# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
def boundary_policy(
    account_id: str, name_prefix: str, partition: str = "aws", *, optional: ChosenPermissions = DEFAULT_PERMISSIONS
) -> Document:
    """Return the permissions boundary: the most that any user or role created by the portal can ever do.

    It is one document of at most 6,144 characters, which limits how much a client can list.
    """
    bucket = f"arn:{partition}:s3:::{name_prefix}*"
    through = [via_service("kinesis", "*", partition=partition)]
    return document(
        allow(
            "Records",
            USE_RECORDS,
            f"arn:{partition}:kinesis:*:{account_id}:stream/{name_prefix}*",
        ),
        allow(
            "RecordKeys",
            ["kms:GenerateDataKey", "kms:Decrypt"],
            f"arn:{partition}:kms:*:{account_id}:key/*",
            condition={"StringLike": {"kms:ViaService": through}},
        ),
        allow("Bucket", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], bucket),
        allow("Objects", ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], f"{bucket}/*"),
        allow(
            "DeliveryErrors",
            ["logs:PutLogEvents"],
            f"arn:{partition}:logs:*:{account_id}:log-group:/aws/kinesisfirehose/{name_prefix}*",
        ),
        *_chosen(destination_statements(account_id, name_prefix, partition, optional.others), optional),
    )


def _streams(stream: str, account_id: str, partition: str) -> list[Statement]:
    keys = f"arn:{partition}:kms:*:{account_id}:key/*"
    through = {"StringLike": {"kms:ViaService": [via_service("kinesis", "*", partition=partition)]}}
    return [
        allow("Streams", ["kinesis:CreateStream", *_MANAGE], stream),
        allow("DeleteStreams", ["kinesis:DeleteStream"], stream),
        allow("SampleRecords", _SAMPLE, stream),
        # Both the stream and the key are checked; alias/aws/kinesis is a key of the account as well.
        allow("EncryptStreams", ["kinesis:StartStreamEncryption", "kinesis:StopStreamEncryption"], [stream, keys]),
        allow("SeeKeys", ["kms:DescribeKey"], keys),
        allow("DecryptSamples", ["kms:Decrypt"], keys, condition=through),
        # GetMetricData cannot be limited to names.
        allow("Metrics", ["cloudwatch:GetMetricData"], "*"),
    ]


_MANAGE = (
    "kinesis:DescribeStreamSummary",
    "kinesis:ListShards",
    "kinesis:ListTagsForStream",
    "kinesis:AddTagsToStream",
    "kinesis:RemoveTagsFromStream",
    "kinesis:IncreaseStreamRetentionPeriod",
    "kinesis:DecreaseStreamRetentionPeriod",
    "kinesis:UpdateShardCount",
    "kinesis:UpdateStreamMode",
    "kinesis:UpdateMaxRecordSize",
    "kinesis:EnableEnhancedMonitoring",
    "kinesis:DisableEnhancedMonitoring",
)


def _other_streams(optional: ChosenPermissions) -> list[Statement]:
    # Listed existing streams: managed, but never created or deleted. The permission for their keys is in
    # EncryptStreams: IAM checks both the stream and the key.
    listed = listed_resources(optional.others).get("OtherStreams")
    if listed is None:
        return []
    encrypt = ("kinesis:StartStreamEncryption", "kinesis:StopStreamEncryption")
    return [
        allow("OtherStreams", [*_MANAGE, *encrypt], listed),
        allow("SampleOtherStreams", _SAMPLE, listed),
    ]


_SAMPLE = ("kinesis:GetShardIterator", "kinesis:GetRecords")


def _buckets(name_prefix: str, partition: str) -> list[Statement]:
    bucket = f"arn:{partition}:s3:::{name_prefix}*"
    return [
        allow(
            "Buckets",
            [
                "s3:CreateBucket",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetBucketTagging",
                "s3:PutBucketTagging",
                "s3:GetBucketPublicAccessBlock",
                "s3:PutBucketPublicAccessBlock",
                "s3:GetEncryptionConfiguration",
                "s3:PutEncryptionConfiguration",
                "s3:GetBucketPolicy",
                "s3:PutBucketPolicy",
            ],
            bucket,
        ),
        allow("DeleteBuckets", ["s3:DeleteBucket"], bucket),
        allow("ReadDelivered", ["s3:GetObject"], f"{bucket}/*"),
    ]


def _firehose(account_id: str, name_prefix: str, partition: str) -> list[Statement]:
    group = f"arn:{partition}:logs:*:{account_id}:log-group:/aws/kinesisfirehose/{name_prefix}*"
    delivery = f"arn:{partition}:firehose:*:{account_id}:deliverystream/{name_prefix}*"
    return [
        allow(
            "Firehose",
            [
                "firehose:CreateDeliveryStream",
                "firehose:DescribeDeliveryStream",
                "firehose:UpdateDestination",
                "firehose:TagDeliveryStream",
                "firehose:ListTagsForDeliveryStream",
            ],
            delivery,
        ),
        allow("DeleteFirehose", ["firehose:DeleteDeliveryStream"], delivery),
        allow(
            "DeliveryLogs",
            [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:TagResource",
                "logs:ListTagsForResource",
            ],
            group,
        ),
        allow("DeleteLogs", ["logs:DeleteLogGroup"], group),
        # Log groups are listed from the account, so this cannot be held to a name.
        allow("SeeLogGroups", ["logs:DescribeLogGroups"], "*"),
    ]


def _identities(iam: str, name_prefix: str, boundary_arn: str) -> list[Statement]:
    users, roles, policies = f"{iam}:user/sluice/*", f"{iam}:role/sluice/*", f"{iam}:policy/sluice/*"
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary_arn}}
    # For a user that does not exist, IAM checks the name without the path.
    by_name = [
        f"{iam}:{kind}/{start}*" for start in dict.fromkeys(["sluice-", name_prefix]) for kind in ("user", "role")
    ]
    return [
        allow("See", ["iam:GetUser", "iam:GetRole"], [users, roles, *by_name]),
        allow(
            "CreateBounded",
            ["iam:CreateUser", "iam:CreateRole", "iam:PutRolePolicy", "iam:PutUserPermissionsBoundary"],
            [users, roles],
            condition=bounded,
        ),
        allow(
            "AttachOurs",
            ["iam:AttachUserPolicy"],
            users,
            condition=bounded | {"ArnLike": {"iam:PolicyARN": policies}},
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


def _untouchable(boundary_arn: str) -> list[Statement]:
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
            condition={"StringNotEquals": {"iam:PermissionsBoundary": boundary_arn}},
        ),
        deny(
            "KeepTheBoundary",
            [
                "iam:CreatePolicyVersion",
                "iam:SetDefaultPolicyVersion",
                "iam:DeletePolicyVersion",
                "iam:DeletePolicy",
            ],
            boundary_arn,
        ),
    ]
