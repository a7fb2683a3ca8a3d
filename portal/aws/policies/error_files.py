"""The statements of the grant on what Firehose could not deliver: its files under errors/ in the buckets."""

from __future__ import annotations

from portal.aws.policies.statements import Document, Statement, allow, document, via_service

LIST_FILES = "s3:ListBucket"
READ_FILE = "s3:GetObject"
FOLDER = "errors/"


def error_file_statements(account_id: str, name_prefix: str, partition: str) -> list[Statement]:
    """Return the statements that read error files, and decrypt them in buckets with SSE-KMS.

    The bucket can be listed anyway, to know whether it is empty. Under other folders nothing can be read.
    https://docs.aws.amazon.com/firehose/latest/dev/retry.html
    """
    bucket = f"arn:{partition}:s3:::{name_prefix}*"
    # The encryption context is the bucket's ARN with an S3 Bucket Key, and the object's without one.
    through = {
        "StringLike": {
            "kms:ViaService": via_service("s3", "*", partition=partition),
            "kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/{FOLDER}*"],
        }
    }
    return [
        allow("ReadErrors", [READ_FILE], f"{bucket}/{FOLDER}*"),
        allow("DecryptErrors", ["kms:Decrypt"], f"arn:{partition}:kms:*:{account_id}:key/*", condition=through),
    ]


def error_file_session(files_arn: str) -> Document:
    """Return the session policy that lists and reads the error files of one delivery, and nothing else.

    `files_arn` is the bucket's ARN with the prefix of the files.
    """
    bucket_arn, _, prefix = files_arn.partition("/")
    partition = files_arn.split(":")[1]
    listed = {"StringLike": {"s3:prefix": f"{prefix}*"}}
    through = {"StringLike": {"kms:ViaService": via_service("s3", "*", partition=partition)}}
    return document(
        allow("List", [LIST_FILES], bucket_arn, condition=listed),
        allow("Read", [READ_FILE], f"{files_arn}*"),
        allow("Decrypt", ["kms:Decrypt"], f"arn:{partition}:kms:*:*:key/*", condition=through),
    )
