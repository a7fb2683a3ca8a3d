"""The permissions boundaries: the most that any role, and any user, created by the portal can ever do."""

from __future__ import annotations

from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions
from portal.aws.policies.destination_boundary import USE_RECORDS, destination_statements
from portal.aws.policies.devices import device_log_boundary
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.statements import Document, allow, document, via_service


# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
def boundary_policy(
    account_id: str, name_prefix: str, partition: str = "aws", *, optional: ChosenPermissions = DEFAULT_PERMISSIONS
) -> Document:
    """Return the permissions boundary of Firehose's roles: the most that any role created by the portal can ever do.

    Users created before there was `producer_boundary_policy` have it too, so it still allows to put records. It is one
    document of at most 6,144 characters, which limits how much a client can list.
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
        *optional.keep([device_log_boundary(account_id, name_prefix, partition)]),
        *optional.keep(destination_statements(account_id, name_prefix, partition, optional.others)),
    )


# https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
def producer_boundary_policy(
    account_id: str, name_prefix: str, partition: str = "aws", *, optional: ChosenPermissions = DEFAULT_PERMISSIONS
) -> Document:
    """Return the permissions boundary of producers: the most that any user created by the portal can ever do.

    A producer puts records. Whatever policy it gets, it can read none.
    """
    named = f"arn:{partition}:kinesis:*:{account_id}:stream/{name_prefix}*"
    listed = listed_resources(optional.others).get("OtherStreams")
    through = {"StringLike": {"kms:ViaService": [via_service("kinesis", "*", partition=partition)]}}
    more = [] if listed is None else [allow("OtherStreams", _PUT, listed)]
    return document(
        allow("PutRecords", _PUT, named),
        allow(
            "EncryptRecords", ["kms:GenerateDataKey"], f"arn:{partition}:kms:*:{account_id}:key/*", condition=through
        ),
        *optional.keep(more),
    )


_PUT = ("kinesis:PutRecord", "kinesis:PutRecords")
