"""KMS: whether a key can be used."""

from __future__ import annotations

from dataclasses import dataclass

from portal.aws.calls import found
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key; `manager` is CUSTOMER or AWS."""

    arn: str
    enabled: bool
    manager: str


def describe_key(aws: AwsSession, key_id: str) -> Key | None:
    """Return a key by its id, ARN or alias, or None. Raises AwsFault (DENIED where the key's policy refuses).

    https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
    """
    answer = found(aws, "kms", "DescribeKey", KeyId=key_id)
    if answer is None:
        return None
    raw = answer["KeyMetadata"]
    return Key(arn=raw["Arn"], enabled=bool(raw["Enabled"]), manager=raw.get("KeyManager", "CUSTOMER"))
