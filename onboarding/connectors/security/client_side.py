"""Client-side encryption: the producer encrypts each record, and only consumers with the key read it.

https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/python.html
"""

from __future__ import annotations

from onboarding.connectors.connector import ConnectorFile, ConnectorPolicy
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.security.option import SecurityOption
from portal.aws.policies.consumer_security import envelope_policy
from portal.messages.message import Message

_SOURCE = "https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/python.html"
KEY_TO_FILL_IN = "YOUR-KEY-ID"
SDK = "aws-encryption-sdk==4.0.7"
_SAMPLE = '''\
"""Encrypts records before they are put into the data stream @stream@, and decrypts them after they are read.

pip install @sdk@
"""

import sys

import aws_encryption_sdk
from aws_encryption_sdk import CommitmentPolicy

KEY_ARN = "@key@"
CONTEXT = {"stream": "@stream@"}  # bound to each record: one of another stream is refused

client = aws_encryption_sdk.EncryptionSDKClient(
    commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
)


def materials(key_arn=KEY_ARN):
    """Return what encrypts and decrypts; a data key is used for up to 5 minutes and 1,000 records, to ask KMS less."""
    keys = aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(key_ids=[key_arn])
    return aws_encryption_sdk.CachingCryptoMaterialsManager(
        master_key_provider=keys,
        cache=aws_encryption_sdk.LocalCryptoMaterialsCache(capacity=100),
        max_age=300.0,
        max_messages_encrypted=1000,
    )


def encrypted(data, manager):
    """Return a record as the producer puts it."""
    ciphertext, _ = client.encrypt(source=data, materials_manager=manager, encryption_context=CONTEXT)
    return ciphertext


def decrypted(ciphertext, manager):
    """Return a record as the producer had it; raises ValueError for one of another stream."""
    data, header = client.decrypt(source=ciphertext, materials_manager=manager)
    if any(header.encryption_context.get(name) != value for name, value in CONTEXT.items()):
        raise ValueError("the record was encrypted for another stream")
    return data


if __name__ == "__main__":
    found = materials()
    data = sys.stdin.buffer.read()
    assert decrypted(encrypted(data, found), found) == data
    print("the record round-trips")
'''


def option(stream: ConsumedStream) -> SecurityOption:
    """Return the sample that round-trips, and the policies of both sides."""
    key = f"arn:{stream.partition}:kms:{stream.region}:{stream.account_id}:key/{KEY_TO_FILL_IN}"
    sample = _SAMPLE.replace("@stream@", stream.stream_name).replace("@key@", key).replace("@sdk@", SDK)
    policies = tuple(
        ConnectorPolicy(holder, envelope_policy(key, action, stream.stream_name), f"{stream.stream_name}-{name}.json")
        for name, holder, action in (
            ("encrypts", Message("consumer_security.client_side.producer"), "kms:GenerateDataKey"),
            ("decrypts", Message("consumer_security.client_side.consumer"), "kms:Decrypt"),
        )
    )
    return SecurityOption(
        "client-side",
        Message("consumer_security.client_side"),
        Message("consumer_security.client_side.state"),
        (
            Message("consumer_security.client_side.what"),
            Message("consumer_security.client_side.worth"),
            Message("consumer_security.client_side.lost"),
        ),
        Message("consumer_security.client_side.cost"),
        _SOURCE,
        files=(ConnectorFile("encrypted_records.py", "python", sample),),
        policies=policies,
    )
