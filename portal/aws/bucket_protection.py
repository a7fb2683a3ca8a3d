"""What protects a bucket: the block of public access, its encryption and its policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from portal.aws.calls import call, get_or_none
from portal.aws.session import AwsSession

_ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def block_public_access(aws: AwsSession, name: str) -> None:
    """Switch all four blocks of public access on.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
    """
    call(aws, "s3", "PutPublicAccessBlock", Bucket=name, PublicAccessBlockConfiguration=_ALL_BLOCKED)


def is_public_access_blocked(aws: AwsSession, name: str) -> bool:
    """Return whether all four settings of Block Public Access are on.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html
    """
    answer = get_or_none(aws, "s3", "GetPublicAccessBlock", Bucket=name)
    blocked = {} if answer is None else answer["PublicAccessBlockConfiguration"]
    return all(blocked.get(setting) is True for setting in _ALL_BLOCKED)


def encrypt_bucket(aws: AwsSession, name: str, *, key_arn: str | None = None) -> None:
    """Encrypt new objects by default, with S3's own keys or with a KMS key.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
    """
    default: dict[str, str] = {"SSEAlgorithm": "AES256"}
    if key_arn is not None:
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": key_arn is not None}
    call(aws, "s3", "PutBucketEncryption", Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})


def bucket_encryption(aws: AwsSession, name: str) -> str | None:
    """Return how new objects are encrypted: "AES256", "aws:kms", or None.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
    """
    answer = get_or_none(aws, "s3", "GetBucketEncryption", Bucket=name)
    if answer is None:
        return None
    rule = answer["ServerSideEncryptionConfiguration"]["Rules"][0]
    return str(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"])


def bucket_policy(aws: AwsSession, name: str) -> dict[str, Any] | None:
    """Return the policy of a bucket, or None.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
    """
    answer = get_or_none(aws, "s3", "GetBucketPolicy", Bucket=name)
    return None if answer is None else dict(json.loads(answer["Policy"]))


def put_bucket_policy(aws: AwsSession, name: str, document: Mapping[str, Any]) -> None:
    """Replace the policy of a bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
    """
    call(aws, "s3", "PutBucketPolicy", Bucket=name, Policy=json.dumps(document, separators=(",", ":")))
