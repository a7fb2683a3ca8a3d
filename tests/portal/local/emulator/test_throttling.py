"""The emulator's write limit: what a shard accepts in one second, and what it answers to more."""

import itertools

import pytest
from botocore.exceptions import ClientError

from portal.aws.session import AwsSession
from portal.local.emulator.shard_limits import BYTES_PER_SECOND, THROTTLED, ShardLimits
from portal.local.ministack import MiniStack

STREAM = "sensors"
_numbers = itertools.count(460000000000)
HALF = BYTES_PER_SECOND // 2


@pytest.fixture
def root(ministack_env: MiniStack) -> AwsSession:
    found = ministack_env.root(str(next(_numbers)), region="eu-west-1")
    found.client("kinesis").create_stream(StreamName=STREAM, ShardCount=2)
    return found


def test_a_shard_accepts_a_mebibyte_in_a_second() -> None:
    limits = ShardLimits()
    assert [limits.admit("a", HALF, 10.0 + tenth / 10) for tenth in range(3)] == [True, True, False]
    assert limits.admit("b", HALF, 10.9), "each shard has a limit of its own"
    assert limits.admit("a", HALF, 11.0)


def test_a_shard_accepts_a_thousand_records_in_a_second() -> None:
    limits = ShardLimits()
    assert sum(limits.admit("a", 1, 10.0) for _ in range(1_500)) == 1_000


def test_the_first_record_of_a_second_may_be_larger() -> None:
    limits = ShardLimits()
    assert [limits.admit("a", 10 * BYTES_PER_SECOND, 10.0), limits.admit("a", 1, 10.0)] == [True, False]


def test_shards_of_other_seconds_are_forgotten() -> None:
    limits = ShardLimits()
    for number in range(5_000):
        limits.admit(number, 1, float(number))
    assert len(limits._used) <= 1_000


def test_put_records_answers_for_each_record_and_stores_what_its_shard_accepted(root: AwsSession) -> None:
    kinesis = root.client("kinesis")
    hot = [{"Data": bytes([number]) * HALF, "PartitionKey": "a", "ExplicitHashKey": "0"} for number in range(4)]
    cool = {"Data": b"x", "PartitionKey": "b", "ExplicitHashKey": str(2**128 - 1)}
    answer = kinesis.put_records(StreamName=STREAM, Records=[*hot, cool])
    codes = [result.get("ErrorCode") for result in answer["Records"]]
    # The bytes of the partition key count too, so one half fits, and the second does not.
    assert codes == [None, THROTTLED, THROTTLED, THROTTLED, None]
    assert answer["FailedRecordCount"] == 3
    assert "Rate exceeded for shard shardId-000000000000 in stream sensors" in answer["Records"][1]["ErrorMessage"]
    shard = answer["Records"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(StreamName=STREAM, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    stored = kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    assert [record["SequenceNumber"] for record in stored] == [answer["Records"][0]["SequenceNumber"]]


def test_put_record_is_throttled_as_a_whole(root: AwsSession) -> None:
    kinesis = root.client("kinesis", single_attempt=True)

    def put_many() -> None:
        for _ in range(50):
            kinesis.put_record(StreamName=STREAM, Data=b"x" * (BYTES_PER_SECOND - 10), PartitionKey="a")

    with pytest.raises(ClientError) as raised:
        put_many()
    assert raised.value.response["Error"]["Code"] == THROTTLED
