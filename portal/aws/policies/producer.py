"""What a producer may do with one data stream, and who can assume the role of one."""

from __future__ import annotations

from portal.aws.policies.consumers import READ_BY_FAN_OUT, READ_STREAM
from portal.aws.policies.networks import Origin, put_statements
from portal.aws.policies.statements import Arn, Document, Statement, allow, document, via_service

ANYWHERE = Origin()


# https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
# https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
def producer_policy(
    stream_arn: str, key_arn: str | None = None, *, origin: Origin = ANYWHERE, proving_user: str | None = None
) -> Document:
    """Return the policy of the vendor's key: to put records into one data stream, and nothing else.

    `key_arn` names a customer-managed key; streams unencrypted or under alias/aws/kinesis need no permission for a key.
    Records are accepted from the `origin` only; `proving_user` is the one IAM user that may put a record from
    elsewhere, while its key is tested, before it is delivered.
    """
    puts = ["kinesis:PutRecord", "kinesis:PutRecords"]
    # Kinesis calls KMS itself, not through a VPC endpoint and not for sure with the sender's address: the permission
    # for the key has no such condition.
    key = _key_use(stream_arn, key_arn, sid="EncryptRecords", action="kms:GenerateDataKey")
    proof = [] if proving_user is None else [_proof(stream_arn, puts, proving_user)]
    return document(*put_statements(origin, allow("PutRecords", puts, stream_arn)), *key, *proof)


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
def producer_trust_policy(vendor_principal_arn: str, external_id: str) -> Document:
    """Return the trust policy of a producer's role: the vendor's principal alone, with this external ID only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "VendorWithItsExternalId",
                "Effect": "Allow",
                "Principal": {"AWS": vendor_principal_arn},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


# https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
def consumer_policy(stream_arn: str, key_arn: str | None = None, *, consumer: str = "") -> Document:
    """Return the policy of an application that reads one data stream, by enhanced fan-out too.

    With the name of a registered `consumer` it can subscribe as that one only. An ARN ends with the time of the
    registration, which is not known before; a name has one registration at a time.
    """
    consumers = f"{consumer}:*" if consumer else "*"
    return document(
        allow("ReadRecords", READ_STREAM, stream_arn),
        allow("EnhancedFanOut", READ_BY_FAN_OUT, f"{stream_arn}/consumer/{consumers}"),
        *_key_use(stream_arn, key_arn, sid="DecryptRecords", action="kms:Decrypt"),
    )


# https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
def resharding_policy(stream_arn: str) -> Document:
    """Return the policy of someone who changes the shard count of one data stream according to its metrics."""
    return document(
        allow(
            "Reshard",
            [
                "kinesis:UpdateShardCount",
                "kinesis:SplitShard",
                "kinesis:MergeShards",
                "kinesis:DescribeStreamSummary",
                "kinesis:ListShards",
            ],
            stream_arn,
        ),
        allow("Judge", ["kinesis:DescribeLimits", "cloudwatch:GetMetricData"], "*"),
    )


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
def administrator_policy(stream_arn: str, key_arn: str | None = None) -> Document:
    """Return the policy of someone who manages one data stream, without reading, writing or deleting it."""
    encryption = [stream_arn] if key_arn is None else [stream_arn, key_arn]
    key = [] if key_arn is None else [allow("SeeTheKey", ["kms:DescribeKey"], key_arn)]
    return document(
        allow(
            "LookAfterTheStream",
            [
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:ListShards",
                "kinesis:ListStreamConsumers",
                "kinesis:ListTagsForStream",
                "kinesis:AddTagsToStream",
                "kinesis:RemoveTagsFromStream",
                "kinesis:IncreaseStreamRetentionPeriod",
                "kinesis:DecreaseStreamRetentionPeriod",
                "kinesis:EnableEnhancedMonitoring",
                "kinesis:DisableEnhancedMonitoring",
                "kinesis:UpdateShardCount",
                "kinesis:SplitShard",
                "kinesis:MergeShards",
                "kinesis:UpdateStreamMode",
                "kinesis:RegisterStreamConsumer",
            ],
            stream_arn,
        ),
        allow(
            "Consumers",
            ["kinesis:DescribeStreamConsumer", "kinesis:DeregisterStreamConsumer"],
            f"{stream_arn}/consumer/*",
        ),
        allow("Encrypt", ["kinesis:StartStreamEncryption", "kinesis:StopStreamEncryption"], encryption),
        *key,
        allow("Account", ["kinesis:ListStreams", "kinesis:DescribeLimits"], "*"),
    )


def _proof(stream_arn: str, puts: list[str], user_name: str) -> Statement:
    return allow("ProveTheKey", puts, stream_arn, condition={"StringEquals": {"aws:username": user_name}})


def _key_use(stream_arn: str, key_arn: str | None, *, sid: str, action: str) -> list[Statement]:
    if key_arn is None:
        return []
    stream = Arn.parse(stream_arn)
    through = via_service("kinesis", stream.region, partition=stream.partition)
    return [allow(sid, [action], key_arn, condition={"StringEquals": {"kms:ViaService": through}})]
