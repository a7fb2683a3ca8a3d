"""The statements of the grant on buckets, Firehose streams and log groups."""

from __future__ import annotations

from portal.aws.policies.statements import Statement, allow


def bucket_statements(name_prefix: str, partition: str) -> list[Statement]:
    """Return the statements on buckets whose names begin with the prefix."""
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
    ]


def firehose_statements(account_id: str, name_prefix: str, partition: str) -> list[Statement]:
    """Return the statements on Firehose streams, and on the log groups of their errors."""
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
                "logs:GetLogEvents",
                "logs:TagResource",
                "logs:ListTagsForResource",
            ],
            group,
        ),
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
        allow("LogRetention", ["logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"], group),
        allow("DeleteLogs", ["logs:DeleteLogGroup"], group),
        # Log groups are listed from the account, so this cannot be held to a name.
        allow("SeeLogGroups", ["logs:DescribeLogGroups"], "*"),
    ]
