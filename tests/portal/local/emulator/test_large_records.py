"""The emulator's largest record: what its stream allows, data and partition key together."""

import itertools

import pytest
from botocore.exceptions import ClientError

from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack

STREAM = "sensors"
MIB = 1024 * 1024
_numbers = itertools.count(479000000000)


@pytest.fixture
def root(ministack_env: MiniStack) -> AwsSession:
    found = ministack_env.root(str(next(_numbers)), region="eu-west-1")
    found.client("kinesis").create_stream(StreamName=STREAM, ShardCount=1)
    return found


def put(root: AwsSession, size: int) -> str:
    return root.client("kinesis").put_record(StreamName=STREAM, Data=b"x" * size, PartitionKey="k")["SequenceNumber"]


def allow(root: AwsSession, kib: int) -> None:
    summary = root.client("kinesis").describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
    root.client("kinesis").update_max_record_size(StreamARN=summary["StreamARN"], MaxRecordSizeInKiB=kib)


def sizes(root: AwsSession) -> list[int]:
    kinesis = root.client("kinesis")
    shard = kinesis.list_shards(StreamName=STREAM)["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(StreamName=STREAM, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    return [len(record["Data"]) for record in kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]]


def test_a_record_of_more_than_a_mebibyte_needs_a_stream_that_allows_it(root: AwsSession) -> None:
    with pytest.raises(ClientError, match="less than or equal to 1048576"):
        put(root, MIB)  # with its partition key it has a byte too many
    allow(root, 10_240)
    put(root, 10 * MIB - 1)
    with pytest.raises(ClientError, match="less than or equal to 10485760"):
        put(root, 10 * MIB)
    assert sizes(root) == [10 * MIB - 1]


def test_put_records_takes_ten_mebibytes_in_all(root: AwsSession) -> None:
    allow(root, 10_240)
    kinesis = root.client("kinesis")
    records = [{"Data": b"x" * (6 * MIB), "PartitionKey": "k"}, {"Data": b"y" * (5 * MIB), "PartitionKey": "k"}]
    with pytest.raises(ClientError, match="10 MiB"):
        kinesis.put_records(StreamName=STREAM, Records=records)
    answer = kinesis.put_records(StreamName=STREAM, Records=records[:1])
    assert answer["FailedRecordCount"] == 0
    assert sizes(root) == [6 * MIB]
