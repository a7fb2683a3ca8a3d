"""S3 buckets: their owner, their Region, their tags and their objects. What protects them: bucket_protection.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.aws.calls import call, delete_if_exists, get_or_none, read_body
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession


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


def list_keys(aws: AwsSession, bucket: str, prefix: str = "", limit: int = 20) -> list[ObjectInfo]:
    """Return the first objects of a bucket in the order of their keys; `limit` is at most 1,000.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    """
    answer = call(aws, "s3", "ListObjectsV2", Bucket=bucket, Prefix=prefix, MaxKeys=limit)
    return [
        ObjectInfo(key=listed["Key"], size=listed["Size"], modified_at=listed["LastModified"])
        for listed in answer.get("Contents", ())
    ]


def object_bytes(aws: AwsSession, bucket: str, key: str) -> bytes:
    """Return what is in an object. Raises AwsFault (NOT_FOUND).

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return read_body(aws, "s3:GetObject", call(aws, "s3", "GetObject", Bucket=bucket, Key=key))


def delete_bucket(aws: AwsSession, name: str) -> None:
    """Delete an empty bucket; one that is absent is fine. Raises AwsFault (CONFLICT while objects are in it).

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
    """
    delete_if_exists(aws, "s3", "DeleteBucket", Bucket=name)
