"""The emulator's read limits: what a shard answers in one second, and which shards a filter chooses."""

import itertools
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from portal.aws.session import AwsSession
from portal.aws.shards import list_shards
from portal.local.emulator.shard_limits import READ_BYTES_PER_SECOND, THROTTLED, ReadLimits
from portal.local.ministack import MiniStack
from tests.waiting import wait_for

STREAM = "sensors"
MEBIBYTE = 1_048_576
_numbers = itertools.count(461000000000)


@pytest.fixture
def root(ministack_env: MiniStack) -> AwsSession:
    found = ministack_env.root(str(next(_numbers)), region="eu-west-1")
    found.client("kinesis").create_stream(StreamName=STREAM, ShardCount=1)
    return found


def iterator(root: AwsSession, kind: str = "TRIM_HORIZON") -> str:
    answer = root.client("kinesis").get_shard_iterator(
        StreamName=STREAM, ShardId="shardId-000000000000", ShardIteratorType=kind
    )
    return str(answer["ShardIterator"])


def code_of(root: AwsSession, **request: object) -> str:
    try:
        root.client("kinesis", single_attempt=True).get_records(**request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_a_shard_answers_five_calls_in_a_second() -> None:
    limits = ReadLimits()
    assert [limits.admit("a", 10.0 + tenth / 10) for tenth in range(7)] == [True] * 5 + [False] * 2
    assert limits.admit("b", 10.9), "each shard has a limit of its own"
    assert limits.admit("a", 11.0)


def test_ten_mebibytes_block_a_shard_for_five_seconds() -> None:
    limits = ReadLimits()
    limits.charge("a", 5 * READ_BYTES_PER_SECOND, 10.2)
    assert [limits.admit("a", at) for at in (10.3, 12.0, 15.1, 15.2)] == [False, False, False, True]


def test_two_mebibytes_in_a_second_are_free_and_more_are_not_whoever_read_them() -> None:
    limits = ReadLimits()
    limits.charge("a", READ_BYTES_PER_SECOND, 10.0)
    assert limits.admit("a", 10.1)
    limits.charge("a", READ_BYTES_PER_SECOND // 2, 10.1)
    assert [limits.admit("a", 11.0), limits.admit("a", 11.7)] == [False, True]


def test_what_is_over_is_forgotten() -> None:
    limits = ReadLimits()
    for number in range(5_000):
        limits.admit(number, float(number))
        limits.charge(number, 2 * READ_BYTES_PER_SECOND, float(number))
    assert len(limits._used) <= 1_000
    assert len(limits._blocked_until) <= 1_001


def test_reads_beyond_the_limit_are_throttled(root: AwsSession) -> None:
    place = iterator(root)
    codes = [code_of(root, ShardIterator=place) for _ in range(60)]
    assert {"", THROTTLED} == set(codes)


@pytest.mark.audit  # the shard accepts one mebibyte a second
def test_an_answer_has_at_most_ten_mebibytes_and_what_is_behind_is_said(root: AwsSession) -> None:
    kinesis = root.client("kinesis")
    for _ in range(12):
        wait_for(lambda: "SequenceNumber" in _put(root, bytes(MEBIBYTE - 100)), 30, "room in the shard")
    time.sleep(0.01)
    answer = kinesis.get_records(ShardIterator=iterator(root), Limit=10_000)
    assert len(answer["Records"]) == 10
    assert answer["MillisBehindLatest"] > 0
    following = answer["NextShardIterator"]
    assert code_of(root, ShardIterator=following) == THROTTLED
    wait_for(lambda: code_of(root, ShardIterator=following) == "", 30, "the shard to answer again")


def _put(root: AwsSession, data: bytes) -> dict:
    kinesis = root.client("kinesis", single_attempt=True)
    try:
        return dict(kinesis.put_record(StreamName=STREAM, Data=data, PartitionKey="k"))
    except ClientError:
        return {}


def test_a_caught_up_reader_is_not_behind(root: AwsSession) -> None:
    root.client("kinesis").put_record(StreamName=STREAM, Data=b"x", PartitionKey="k")
    assert root.client("kinesis").get_records(ShardIterator=iterator(root))["MillisBehindLatest"] == 0


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"ShardIterator": "anything"}, "InvalidArgumentException"),
        ({"ShardIterator": "0f0e0d0c-0b0a-0908-0706-050403020100"}, "ExpiredIteratorException"),
    ],
)
def test_a_foreign_iterator_is_invalid_and_a_forgotten_one_has_expired(
    root: AwsSession, request_: dict[str, str], code: str
) -> None:
    assert code_of(root, **request_) == code


def test_a_filter_chooses_shards_by_the_time_at_which_they_were_open(root: AwsSession) -> None:
    kinesis = root.client("kinesis")
    kinesis.split_shard(StreamName=STREAM, ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
    now = datetime.now(UTC)
    everything = ["shardId-000000000000", "shardId-000000000001", "shardId-000000000002"]
    assert [shard.shard_id for shard in list_shards(root, STREAM)] == everything
    assert [shard.shard_id for shard in list_shards(root, STREAM, since=now - timedelta(minutes=1))] == everything
    assert [shard.shard_id for shard in list_shards(root, STREAM, since=now + timedelta(minutes=1))] == everything[1:]
    open_now = kinesis.list_shards(StreamName=STREAM, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    assert [shard["ShardId"] for shard in open_now] == everything[1:]
    at = {"Type": "AT_TIMESTAMP", "Timestamp": now - timedelta(minutes=1)}
    assert kinesis.list_shards(StreamName=STREAM, ShardFilter=at)["Shards"] == []
    after = {"Type": "AFTER_SHARD_ID", "ShardId": everything[1]}
    assert [shard["ShardId"] for shard in kinesis.list_shards(StreamName=STREAM, ShardFilter=after)["Shards"]] == [
        everything[2]
    ]
