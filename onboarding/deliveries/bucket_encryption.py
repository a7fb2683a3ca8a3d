"""How a delivery's bucket encrypts new objects: with S3's own keys, the AWS managed KMS key, or a key of the client's.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from onboarding.deliveries.destination import Place
from portal.aws.bucket_protection import Encryption
from portal.aws.names import InvalidName, check_kms_key_arn
from portal.aws.policies.delivery import use_bucket_key
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

SSE_S3, AWS_KEY = "s3", "aws"


def encryption_of(declared: str) -> Encryption:
    """Return the default encryption that a declaration asks for: "s3", "aws", or the ARN of a key."""
    if declared == SSE_S3:
        return Encryption()
    return Encryption(key="" if declared == AWS_KEY else declared, is_kms=True)


def problems(declared: str, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
    """Yield what S3 would refuse, or the connection's boundary would deny when Firehose delivers."""
    if declared in {SSE_S3, AWS_KEY}:
        return
    try:
        check_kms_key_arn(declared, account_id=place.get("account_id"), region=place.get("region"))
    except InvalidName as invalid:
        yield "bucket_encryption", invalid.message


def statements(encryption: Encryption | None, place: Place) -> list[Statement]:
    """Return what Firehose's role needs to write under a bucket's key, if it has one."""
    if encryption is None or not encryption.is_kms:
        return []
    # A key that is named by its ID or alias, or not at all, is not known by its ARN; the condition limits it.
    any_key = f"arn:{place.partition}:kms:{place.region}:{place.account_id}:key/*"
    key_arn = encryption.key if ":key/" in encryption.key else any_key
    return [use_bucket_key(place.bucket_arn, key_arn, region=place.region)]
