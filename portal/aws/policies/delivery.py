"""What Firehose may do, and what a bucket denies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.aws.policies.statements import Arn, Document, Statement, allow, document, via_service


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#firehose-assume-role
def firehose_trust_policy(account_id: str) -> Document:
    """Return the trust policy of Firehose's role: Firehose can assume it, for this account only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "FirehoseForThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": "firehose.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": account_id}},
            }
        ],
    }


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
def firehose_role_policy(
    stream_arn: str,
    bucket_arn: str,
    prefix: str,
    log_group_arn: str,
    key_arn: str | None = None,
    *,
    error_prefix: str = "errors/",
    more_prefixes: Sequence[str] = (),
    more: Sequence[Statement] = (),
) -> Document:
    """Return the policy of Firehose's role: to read one data stream and write under two prefixes of one bucket.

    `key_arn` is the customer-managed key of the data stream; prefixes may hold expressions such as !{timestamp:yyyy};
    `more_prefixes` are further ones; `more` are statements of destinations other than the bucket.
    """
    return document(
        allow(
            "ReadTheStream",
            ["kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords", "kinesis:ListShards"],
            stream_arn,
        ),
        *_decryption(stream_arn, key_arn),
        allow("FindTheBucket", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], bucket_arn),
        allow(
            "WriteObjects",
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            _objects(bucket_arn, prefix, error_prefix, *more_prefixes),
        ),
        allow("WriteErrors", ["logs:PutLogEvents"], f"{log_group_arn.removesuffix(':*')}:log-stream:*"),
        *more,
    )


# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
def use_bucket_key(bucket_arn: str, key_arn: str, *, region: str) -> Statement:
    """Return the statement to write into a bucket that a KMS key encrypts, through S3 and for this bucket only.

    `key_arn` may end with key/*: the AWS managed key has no ARN before it is first used.
    """
    through = via_service("s3", region, partition=Arn.parse(bucket_arn).partition)
    # With an S3 Bucket Key the encryption context is the bucket, without one the object.
    written = [bucket_arn, f"{bucket_arn}/*"]
    condition: dict[str, dict[str, Any]] = {
        "StringEquals": {"kms:ViaService": through},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": written},
    }
    return allow("EncryptObjects", ["kms:Decrypt", "kms:GenerateDataKey"], key_arn, condition=condition)


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-HTTP-HTTPS
def tls_only_bucket_policy(bucket_arn: str) -> Document:
    """Return the policy of a bucket that denies every request without TLS."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [bucket_arn, f"{bucket_arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def _objects(bucket_arn: str, *prefixes: str) -> list[str]:
    # Firehose evaluates expressions when it writes: a policy can limit only what precedes the first one.
    fixed = {prefix.split("!{")[0] for prefix in prefixes}
    return [f"{bucket_arn}/*"] if "" in fixed else sorted(f"{bucket_arn}/{part}*" for part in fixed)


def _decryption(stream_arn: str, key_arn: str | None) -> list[Statement]:
    if key_arn is None:
        return []
    stream = Arn.parse(stream_arn)
    through = via_service("kinesis", stream.region, partition=stream.partition)
    return [allow("DecryptRecords", ["kms:Decrypt"], key_arn, condition={"StringEquals": {"kms:ViaService": through}})]
