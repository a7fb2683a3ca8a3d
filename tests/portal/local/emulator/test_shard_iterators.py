"""Places in a shard, as Kinesis accepts and rejects them."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from portal.local.ministack import MiniStack

STREAM = "sensors"
FIRST, SECOND = (f"shardId-{number:012d}" for number in range(2))
_numbers = itertools.count(450000100000)


@pytest.fixture
def kinesis(ministack_env: MiniStack) -> Any:
    client = ministack_env.root(str(next(_numbers)), region="eu-west-1").client("kinesis")
    client.create_stream(StreamName=STREAM, ShardCount=2)
    return client


def put(kinesis: Any, data: bytes, hash_key: str = "0") -> str:
    answer = kinesis.put_record(StreamName=STREAM, Data=data, PartitionKey="k", ExplicitHashKey=hash_key)
    return str(answer["SequenceNumber"])


def read(kinesis: Any, kind: str, shard_id: str = FIRST, **place: Any) -> list[bytes]:
    found = kinesis.get_shard_iterator(StreamName=STREAM, ShardId=shard_id, ShardIteratorType=kind, **place)
    return [record["Data"] for record in kinesis.get_records(ShardIterator=found["ShardIterator"])["Records"]]


def rejected(kinesis: Any, kind: str, shard_id: str = FIRST, **place: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        read(kinesis, kind, shard_id, **place)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_each_place_is_read_from_there(kinesis: Any) -> None:
    number = put(kinesis, b"1")
    put(kinesis, b"2")
    before = datetime.now(UTC) - timedelta(minutes=1)
    assert read(kinesis, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=number) == [b"1", b"2"]
    assert read(kinesis, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=number) == [b"2"]
    assert read(kinesis, "AT_TIMESTAMP", Timestamp=before) == [b"1", b"2"]
    assert read(kinesis, "TRIM_HORIZON") == [b"1", b"2"]
    assert read(kinesis, "LATEST") == []


def test_a_number_of_another_shard_or_stream_is_rejected_in_the_words_of_kinesis(kinesis: Any) -> None:
    number = put(kinesis, b"1")
    code, text = rejected(kinesis, "AT_SEQUENCE_NUMBER", SECOND, StartingSequenceNumber=number)
    assert code == "InvalidArgumentException"
    assert f"It encodes {FIRST}, while it was used in a call to a shard with {SECOND}" in text
    kinesis.delete_stream(StreamName=STREAM, EnforceConsumerDeletion=True)
    kinesis.create_stream(StreamName=STREAM, ShardCount=2)
    code, text = rejected(kinesis, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=number)
    assert (code, "because it did not come from this stream" in text) == ("InvalidArgumentException", True)


@pytest.mark.parametrize(
    ("kind", "place", "code", "part"),
    [
        ("AT_SEQUENCE_NUMBER", {"StartingSequenceNumber": "abc"}, "InvalidArgumentException", "is invalid."),
        ("AT_SEQUENCE_NUMBER", {}, "InvalidArgumentException", "and no StartingSequenceNumber"),
        ("LATEST", {"StartingSequenceNumber": "1"}, "InvalidArgumentException", "and also a StartingSequenceNumber"),
        ("AT_TIMESTAMP", {}, "InvalidArgumentException", "timestampInMillis"),
        ("AT_TIMESTAMP", {"Timestamp": 4_000_000_000}, "InvalidArgumentException", "cannot be greater"),
        ("OLDEST", {}, "ValidationException", "shardIteratorType"),
    ],
)
def test_what_is_no_place_is_rejected(kinesis: Any, kind: str, place: dict[str, Any], code: str, part: str) -> None:
    found = rejected(kinesis, kind, **place)
    assert (found[0], part in found[1]) == (code, True), found


def test_a_shard_that_does_not_exist_is_not_found(kinesis: Any) -> None:
    code, text = rejected(kinesis, "LATEST", "shardId-000000000009")
    assert (code, text.startswith("Shard shardId-000000000009 in stream")) == ("ResourceNotFoundException", True)
