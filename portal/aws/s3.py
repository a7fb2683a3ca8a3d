"""S3 buckets: their owner, their protection, and their objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession

_ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


class BucketState(StrEnum):
    """What a bucket name means to the account that asks.

    NO_ACCESS is another account's bucket, or one to which the session is denied access: AWS does not say which.
    """

    ABSENT = "absent"
    OURS_ACCOUNT = "ours_account"
    NO_ACCESS = "no_access"


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object in a bucket; `size` in bytes."""

    key: str
    size: int
    modified_at: datetime


def bucket_state(aws: AwsSession, name: str) -> BucketState:
    """Return whether a bucket is absent, in the session's account, or not accessible to the session.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    owner = {} if aws.account_id is None else {"ExpectedBucketOwner": aws.account_id}
    try:
        answer = get_or_none(aws, "s3", "HeadBucket", Bucket=name, **owner)
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED and fault.code in {"403", "AccessDenied", "Forbidden"}:
            return BucketState.NO_ACCESS
        raise
    return BucketState.ABSENT if answer is None else BucketState.OURS_ACCOUNT


def bucket_region(aws: AwsSession, name: str) -> str:
    """Return the Region of a bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
    """
    place = call(aws, "s3", "GetBucketLocation", Bucket=name).get("LocationConstraint")
    return {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(place) or str(place)


def create_bucket(aws: AwsSession, name: str, region: str) -> None:
    """Create a bucket in a Region. Raises AwsFault (CONFLICT: code BucketAlreadyExists when another account has it).

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    """
    # us-east-1 is the one Region that may not be named.
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    call(aws.in_region(region), "s3", "CreateBucket", Bucket=name, **place)


def bucket_tags(aws: AwsSession, name: str) -> dict[str, str]:
    """Return the tags of a bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html
    """
    answer = get_or_none(aws, "s3", "GetBucketTagging", Bucket=name)
    return {} if answer is None else {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}


def tag_bucket(aws: AwsSession, name: str, tags: Mapping[str, str]) -> None:
    """Add tags to a bucket; those of other keys stay, though S3 itself would replace them all.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
    """
    set_bucket_tags(aws, name, bucket_tags(aws, name) | dict(tags))


def set_bucket_tags(aws: AwsSession, name: str, tags: Mapping[str, str]) -> None:
    """Replace all tags of a bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
    """
    wanted = [{"Key": key, "Value": value} for key, value in tags.items()]
    call(aws, "s3", "PutBucketTagging", Bucket=name, Tagging={"TagSet": wanted})


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


def list_keys(aws: AwsSession, bucket: str, prefix: str = "", limit: int = 20) -> list[ObjectInfo]:
    """Return the first objects of a bucket in the order of their keys; `limit` is at most 1,000.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    """
    answer = call(aws, "s3", "ListObjectsV2", Bucket=bucket, Prefix=prefix, MaxKeys=limit)
    return [
        ObjectInfo(key=one["Key"], size=one["Size"], modified_at=one["LastModified"])
        for one in answer.get("Contents", ())
    ]


def object_bytes(aws: AwsSession, bucket: str, key: str) -> bytes:
    """Return what is in an object. Raises AwsFault (NOT_FOUND).

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return bytes(call(aws, "s3", "GetObject", Bucket=bucket, Key=key)["Body"].read())


def delete_bucket(aws: AwsSession, name: str) -> None:
    """Delete an empty bucket; one that is absent is fine. Raises AwsFault (CONFLICT while objects are in it).

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
    """
    delete_if_exists(aws, "s3", "DeleteBucket", Bucket=name)
