"""The statements of the grant on data streams."""

from __future__ import annotations

from portal.aws.policies.chosen_permissions import ChosenPermissions
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.statements import Statement, allow, deny, via_service

_MANAGE = (
    "kinesis:DescribeStreamSummary",
    "kinesis:ListShards",
    "kinesis:ListTagsForStream",
    "kinesis:AddTagsToStream",
    "kinesis:RemoveTagsFromStream",
    "kinesis:IncreaseStreamRetentionPeriod",
    "kinesis:DecreaseStreamRetentionPeriod",
    "kinesis:UpdateShardCount",
    "kinesis:UpdateStreamMode",
    "kinesis:UpdateMaxRecordSize",
    "kinesis:EnableEnhancedMonitoring",
    "kinesis:DisableEnhancedMonitoring",
)
# AWS lists no resource for these, so it may allow them on every stream or on none.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
UNSCOPED = (
    "kinesis:UpdateShardCount",
    "kinesis:UpdateStreamMode",
    "kinesis:EnableEnhancedMonitoring",
    "kinesis:DisableEnhancedMonitoring",
)
_SAMPLE = ("kinesis:GetShardIterator", "kinesis:GetRecords")
# All ways in which a principal reads records itself, and those by which it allows another account to read a stream.
_READ = ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:SubscribeToShard", "s3:GetObject*")
_SHARE = ("kinesis:RegisterStreamConsumer", "kinesis:PutResourcePolicy")


def stream_statements(stream: str, account_id: str, partition: str) -> list[Statement]:
    """Return the statements on the data streams of a pattern, and on the keys that encrypt them."""
    keys = f"arn:{partition}:kms:*:{account_id}:key/*"
    through = {"StringLike": {"kms:ViaService": [via_service("kinesis", "*", partition=partition)]}}
    return [
        allow("Streams", ["kinesis:CreateStream", *_MANAGE], stream),
        allow("DeleteStreams", ["kinesis:DeleteStream"], stream),
        allow("SampleRecords", _SAMPLE, stream),
        # Both the stream and the key are checked; alias/aws/kinesis is a key of the account as well.
        allow("EncryptStreams", ["kinesis:StartStreamEncryption", "kinesis:StopStreamEncryption"], [stream, keys]),
        allow("SeeKeys", ["kms:DescribeKey"], keys),
        allow("DecryptSamples", ["kms:Decrypt"], keys, condition=through),
        # Where samples are not allowed, no other policy of the role can allow to read a record.
        deny("NeverReadRecords", _READ, "*"),
        deny("NeverShareRecords", _SHARE, "*"),
        allow("AnyStreamSettings", UNSCOPED, "*"),
        # GetMetricData cannot be limited to names.
        allow("Metrics", ["cloudwatch:GetMetricData"], "*"),
    ]


def listed_stream_statements(optional: ChosenPermissions) -> list[Statement]:
    """Return the statements on the data streams listed for adoption: managed, but never created or deleted."""
    # The permission for their keys is in EncryptStreams: IAM checks both the stream and the key.
    listed = listed_resources(optional.others).get("OtherStreams")
    if listed is None:
        return []
    encrypt = ("kinesis:StartStreamEncryption", "kinesis:StopStreamEncryption")
    return [
        allow("OtherStreams", [*_MANAGE, *encrypt], listed),
        allow("SampleOtherStreams", _SAMPLE, listed),
    ]
