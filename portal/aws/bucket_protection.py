"""What protects a bucket: the block of public access, its encryption and its policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import call, get_or_none
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a bucket encrypts new objects by default: with S3's own keys, or (`is_kms`) with a key of KMS.

    `key` is what S3 was given: an ARN, an ID or an alias; "" is the AWS managed key aws/s3.
    """

    key: str = ""
    is_kms: bool = False


_AWS_MANAGED = "alias/aws/s3"
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


def encrypt_bucket(aws: AwsSession, name: str, wanted: Encryption) -> None:
    """Encrypt new objects by default, with S3's own keys or with a KMS key, then with an S3 Bucket Key.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
    """
    configuration = {"Rules": [encryption_rule(wanted)]}
    call(aws, "s3", "PutBucketEncryption", Bucket=name, ServerSideEncryptionConfiguration=configuration)


def encryption_rule(wanted: Encryption) -> dict[str, Any]:
    """Return the rule of ServerSideEncryptionConfiguration in S3's shape.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html
    """
    key = {"KMSMasterKeyID": wanted.key} if wanted.key else {}
    default = {"SSEAlgorithm": "aws:kms", **key} if wanted.is_kms else {"SSEAlgorithm": "AES256"}
    return {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": wanted.is_kms}


def bucket_encryption(aws: AwsSession, name: str) -> Encryption | None:
    """Return how new objects are encrypted by default, or None where the bucket has no such setting.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
    """
    answer = get_or_none(aws, "s3", "GetBucketEncryption", Bucket=name)
    if answer is None:
        return None
    rule = answer["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    # There is aws:kms, and aws:kms:dsse, which encrypts twice.
    is_kms = str(default.get("SSEAlgorithm", "")).startswith("aws:kms")
    key = str(default.get("KMSMasterKeyID", "")) if is_kms else ""
    return Encryption("" if key.endswith(_AWS_MANAGED) else key, is_kms)


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
