"""The files that Firehose writes under a delivery's error prefix: which are newest, and the start of each."""

from __future__ import annotations

from typing import Any

from portal.aws.calls import call, read_body
from portal.aws.s3 import ObjectInfo
from portal.aws.session import AwsSession

_KEYS_A_PAGE = 1000


def error_files(aws: AwsSession, bucket: str, prefix: str, *, most_pages: int) -> tuple[list[ObjectInfo], bool]:
    """Return the files under a prefix, the newest first, and whether there are more than the pages list.

    S3 lists in the order of names, so of more files the newest may be missing. Raises AwsFault.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    """
    found, more = list[ObjectInfo](), dict[str, Any]()
    for _ in range(most_pages):
        answer = call(aws, "s3", "ListObjectsV2", Bucket=bucket, Prefix=prefix, MaxKeys=_KEYS_A_PAGE, **more)
        found += [ObjectInfo(raw["Key"], raw["Size"], raw["LastModified"]) for raw in answer.get("Contents", ())]
        if not answer.get("IsTruncated"):
            more = {}
            break
        more = {"ContinuationToken": answer["NextContinuationToken"]}
    return sorted(found, key=lambda file: (file.modified_at, file.key), reverse=True), bool(more)


def start_of_file(aws: AwsSession, bucket: str, key: str, *, most_bytes: int) -> bytes:
    """Return at most so many bytes from the start of a file that is not empty. Raises AwsFault.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    answer = call(aws, "s3", "GetObject", Bucket=bucket, Key=key, Range=f"bytes=0-{most_bytes - 1}")
    return read_body(aws, "s3:GetObject", answer, most_bytes=most_bytes)
