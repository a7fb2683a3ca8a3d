"""Policies by which a client restricts how a data stream is read: by key, TLS, VPC endpoint and encryption context."""

from __future__ import annotations

from portal.aws.policies.consumers import READ_BY_FAN_OUT, READ_STREAM
from portal.aws.policies.statements import Arn, Document, allow, deny, document, via_service


# https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
def decrypt_policy(key_arn: str, region: str) -> Document:
    """Return the policy of a consumer for the stream's key: to decrypt what Kinesis reads for it, and nothing else."""
    through = via_service("kinesis", region, partition=Arn.parse(key_arn).partition)
    return document(
        allow("DecryptRecords", ["kms:Decrypt"], key_arn, condition={"StringEquals": {"kms:ViaService": through}})
    )


# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
def key_policy_statement(principal_arn: str, region: str, partition: str) -> Document:
    """Return what to add to the key's policy for a consumer that IAM policies of the account do not cover."""
    through = via_service("kinesis", region, partition=partition)
    condition = {"StringEquals": {"kms:ViaService": through}}
    statement = allow("ConsumerDecrypts", ["kms:Decrypt"], "*", condition=condition)
    return document({**statement, "Principal": {"AWS": principal_arn}})


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport
def tls_only_policy(stream_arn: str) -> Document:
    """Return the policy that denies every action on a stream without TLS."""
    resources = [stream_arn, f"{stream_arn}/consumer/*"]
    return document(deny("TlsOnly", ["kinesis:*"], resources, condition={"Bool": {"aws:SecureTransport": "false"}}))


# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
def endpoint_policy(stream_arn: str, account_id: str) -> Document:
    """Return the policy of a VPC endpoint: principals of one account read one stream through it, and nothing else.

    ListStreams and what has no stream in it is refused at the endpoint, whatever a principal may.
    """
    condition = {"StringEquals": {"aws:PrincipalAccount": account_id}}
    reads = allow("ReadThisStream", READ_STREAM, stream_arn, condition=condition)
    by_fan_out = allow("ReadByFanOut", READ_BY_FAN_OUT, f"{stream_arn}/consumer/*", condition=condition)
    return document({**reads, "Principal": {"AWS": "*"}}, {**by_fan_out, "Principal": {"AWS": "*"}})


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
def only_through_endpoint_policy(stream_arn: str, vpc_endpoint_id: str) -> Document:
    """Return the policy that denies a consumer to read a stream in any way but through one VPC endpoint.

    An absent key meets StringNotEquals, so a request over the internet is denied.
    """
    resources, condition = [stream_arn, f"{stream_arn}/consumer/*"], {"aws:SourceVpce": vpc_endpoint_id}
    actions = [*READ_STREAM, *READ_BY_FAN_OUT]
    return document(deny("OnlyThroughTheEndpoint", actions, resources, condition={"StringNotEquals": condition}))


# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
def envelope_policy(key_arn: str, action: str, stream_name: str) -> Document:
    """Return the policy of one side of client-side encryption: one action with one key, for records of one stream."""
    context = {"kms:EncryptionContext:stream": stream_name}
    return document(allow("RecordsOfThisStream", [action], key_arn, condition={"StringEquals": context}))
