"""Four principals, every action, three streams: each may do exactly its list, and everything else is denied.

Asked of an AWS that enforces IAM. The table is printed (`pytest -rP`), so that it can be read and not only believed.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from portal.aws.credentials import AwsCredentials
from portal.aws.policies.producer import administrator_policy, consumer_policy, producer_policy, resharding_policy
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack

REGION, OWN, OTHER = "eu-west-1", "sluice-own", "sluice-other"
ACCOUNT, STRANGER = "310000000001", "310000000002"
SHARD = "shardId-000000000000"
FOUR = {
    "producer": producer_policy,
    "consumer": consumer_policy,
    "resharding": resharding_policy,
    "administrator": administrator_policy,
}
Call = Callable[[Any, str], Any]


def arn(account_id: str, name: str) -> str:
    return f"arn:aws:kinesis:{REGION}:{account_id}:stream/{name}"


# On the stream with this ARN. Whatever else is wrong with a call, IAM is asked first.
CALLS: dict[str, Call] = {
    "PutRecord": lambda k, s: k.put_record(StreamARN=s, Data=b"x", PartitionKey="a"),
    "PutRecords": lambda k, s: k.put_records(StreamARN=s, Records=[{"Data": b"x", "PartitionKey": "a"}]),
    "GetShardIterator": lambda k, s: k.get_shard_iterator(StreamARN=s, ShardId=SHARD, ShardIteratorType="LATEST"),
    "DescribeStream": lambda k, s: k.describe_stream(StreamARN=s),
    "DescribeStreamSummary": lambda k, s: k.describe_stream_summary(StreamARN=s),
    "ListShards": lambda k, s: k.list_shards(StreamARN=s),
    "ListTagsForStream": lambda k, s: k.list_tags_for_stream(StreamARN=s),
    "AddTagsToStream": lambda k, s: k.add_tags_to_stream(StreamARN=s, Tags={"a": "b"}),
    "IncreaseStreamRetentionPeriod": lambda k, s: k.increase_stream_retention_period(
        StreamARN=s, RetentionPeriodHours=48
    ),
    "EnableEnhancedMonitoring": lambda k, s: k.enable_enhanced_monitoring(
        StreamARN=s, ShardLevelMetrics=["IncomingBytes"]
    ),
    "UpdateShardCount": lambda k, s: k.update_shard_count(
        StreamARN=s, TargetShardCount=2, ScalingType="UNIFORM_SCALING"
    ),
    "SplitShard": lambda k, s: k.split_shard(StreamARN=s, ShardToSplit="shardId-9", NewStartingHashKey="1"),
    "MergeShards": lambda k, s: k.merge_shards(StreamARN=s, ShardToMerge="shardId-8", AdjacentShardToMerge="shardId-9"),
    "StartStreamEncryption": lambda k, s: k.start_stream_encryption(
        StreamARN=s, EncryptionType="KMS", KeyId="alias/aws/kinesis"
    ),
    "RegisterStreamConsumer": lambda k, s: k.register_stream_consumer(StreamARN=s, ConsumerName="c"),
    "ListStreamConsumers": lambda k, s: k.list_stream_consumers(StreamARN=s),
    "PutResourcePolicy": lambda k, s: k.put_resource_policy(ResourceARN=s, Policy="{}"),
    "DeleteStream": lambda k, s: k.delete_stream(StreamARN=s),
}
ANYWHERE: dict[str, Call] = {
    "ListStreams": lambda k, s: k.list_streams(),
    "DescribeLimits": lambda k, s: k.describe_limits(),
    "CreateStream": lambda k, s: k.create_stream(StreamName="sluice-new", ShardCount=1),
    "DescribeAccountSettings": lambda k, s: k.describe_account_settings(),
}


@pytest.fixture(scope="module")
def principals(cloud: MiniStack) -> dict[str, AwsSession]:
    """A user for each policy, with nothing but it."""
    root = cloud.root(ACCOUNT)
    for account_id, name in ((ACCOUNT, OWN), (ACCOUNT, OTHER), (STRANGER, OWN)):
        cloud.root(account_id).client("kinesis").create_stream(StreamName=name, ShardCount=1)
    return {name: _user(root, name, document(arn(ACCOUNT, OWN))) for name, document in FOUR.items()}


def _user(root: AwsSession, name: str, document: Any) -> AwsSession:
    iam = root.client("iam")
    iam.create_user(UserName=f"matrix-{name}")
    iam.put_user_policy(UserName=f"matrix-{name}", PolicyName="only", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=f"matrix-{name}")["AccessKey"]
    return AwsSession(region=REGION, credentials=AwsCredentials(key["AccessKeyId"], key["SecretAccessKey"]))


def allowed(session: AwsSession, call: Call, stream: str) -> bool:
    try:
        call(session.client("kinesis"), stream)
    except ClientError as answer:
        return "AccessDenied" not in answer.response["Error"]["Code"]
    return True


def granted(document: Any) -> set[str]:
    """The Kinesis actions that a document allows on its own stream, or on everything."""
    on_stream = (arn(ACCOUNT, OWN), "*")
    statements = [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]
    return {
        action.removeprefix("kinesis:")
        for statement in statements
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if any(resource in on_stream for resource in _many(statement["Resource"])) and action.startswith("kinesis:")
    }


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_each_principal_can_do_exactly_its_list(principals: dict[str, AwsSession]) -> None:
    places = {"own": arn(ACCOUNT, OWN), "other": arn(ACCOUNT, OTHER), "account": arn(STRANGER, OWN)}
    wrong, lines = [], [f"{'action':<32}" + "".join(f"{name:>28}" for name in FOUR)]
    lines.append(" " * 32 + f"{'own  other  other account':>28}" * len(FOUR))
    for action, call in CALLS.items():
        cells = []
        for name, document in FOUR.items():
            found = {place: allowed(principals[name], call, where) for place, where in places.items()}
            expected = {"own": action in granted(document(places["own"])), "other": False, "account": False}
            wrong += [f"{name} {action} {place}" for place in places if found[place] != expected[place]]
            cells.append("".join(f"{'yes' if found[place] else '-':>9}" for place in places))
        lines.append(f"{action:<32}" + " ".join(cells))
    for action, call in ANYWHERE.items():
        cells = []
        for name, document in FOUR.items():
            found_it = allowed(principals[name], call, "")
            wrong += [f"{name} {action}"] if found_it != (action in granted(document(places["own"]))) else []
            cells.append(f"{'yes' if found_it else '-':>9}" + " " * 18)
        lines.append(f"{action:<32}" + " ".join(cells))
    print("\n" + "\n".join(lines))
    assert wrong == []


def test_the_consumer_reads_what_the_producer_put(principals: dict[str, AwsSession]) -> None:
    stream = arn(ACCOUNT, OWN)
    put = principals["producer"].client("kinesis").put_record(StreamARN=stream, Data=b"seen", PartitionKey="a")
    kinesis = principals["consumer"].client("kinesis")
    iterator = kinesis.get_shard_iterator(StreamARN=stream, ShardId=put["ShardId"], ShardIteratorType="TRIM_HORIZON")
    records = kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    assert b"seen" in [record["Data"] for record in records]


def test_nobody_of_the_four_can_touch_iam_or_buckets(principals: dict[str, AwsSession]) -> None:
    for session in principals.values():
        for service, call in (
            ("iam", lambda c: c.list_users()),
            ("iam", lambda c: c.create_access_key(UserName="matrix-administrator")),
            ("s3", lambda c: c.list_buckets()),
            ("firehose", lambda c: c.list_delivery_streams()),
        ):
            with pytest.raises(ClientError, match="AccessDenied"):
                call(session.client(service))
