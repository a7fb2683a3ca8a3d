"""The permissions boundary: the most that any user or role created by the portal can ever do."""

from __future__ import annotations

from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions
from portal.aws.policies.destination_boundary import USE_RECORDS, destination_statements
from portal.aws.policies.statements import Document, allow, document, via_service


# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
def boundary_policy(
    account_id: str, name_prefix: str, partition: str = "aws", *, optional: ChosenPermissions = DEFAULT_PERMISSIONS
) -> Document:
    """Return the permissions boundary: the most that any user or role created by the portal can ever do.

    It is one document of at most 6,144 characters, which limits how much a client can list.
    """
    bucket = f"arn:{partition}:s3:::{name_prefix}*"
    # Through S3 only for what it is allowed to store, which is limited below; a role's own policy names the bucket.
    through = [via_service(service, "*", partition=partition) for service in ("kinesis", "s3")]
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
        *optional.keep(destination_statements(account_id, name_prefix, partition, optional.others)),
    )
