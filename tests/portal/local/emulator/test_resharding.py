"""Resharding in the emulator: closed parents stay readable, and what is read from them ends with their children."""

import itertools
from typing import Any

import pytest
from botocore.exceptions import ClientError

from portal.aws.session import AwsSession
from portal.aws.shards import Shard, list_shards
from portal.local.ministack import MiniStack

REGION, STREAM = "eu-west-1", "sensors"
HASH_KEYS = 2**128
_numbers = itertools.count(477000000000)


@pytest.fixture
def root(ministack_env: MiniStack) -> AwsSession:
    found = ministack_env.root(str(next(_numbers)), region=REGION)
    found.client("kinesis").create_stream(StreamName=STREAM, ShardCount=2)
    return found


def resharded(root: AwsSession, count: int) -> list[Shard]:
    root.client("kinesis").update_shard_count(StreamName=STREAM, TargetShardCount=count, ScalingType="UNIFORM_SCALING")
    return list_shards(root, STREAM)


def ranges(shards: list[Shard]) -> list[tuple[int, int]]:
    return sorted((shard.starting_hash_key, shard.ending_hash_key) for shard in shards if shard.is_open)


@pytest.mark.parametrize("counts", [(4,), (3,), (1,), (4, 2, 3, 6)])
def test_after_any_resharding_the_open_shards_cover_every_hash_key_once_and_evenly(
    root: AwsSession, counts: tuple[int, ...]
) -> None:
    for count in counts:
        shards = resharded(root, count)
        found = ranges(shards)
        assert len(found) == count
        assert (found[0][0], found[-1][1]) == (0, HASH_KEYS - 1)
        assert all(left[1] + 1 == right[0] for left, right in itertools.pairwise(found))
        assert {round((last - first) / HASH_KEYS, 3) for first, last in found} == {round(1 / count, 3)}
    closed = {shard.shard_id for shard in shards if not shard.is_open}
    parents = {shard.parent_shard_id for shard in shards} | {shard.adjacent_parent_shard_id for shard in shards}
    assert parents - {None} == closed, "every closed shard has a child"
    summary = root.client("kinesis").describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == counts[-1]


def test_a_closed_shard_is_read_to_its_end_and_then_names_its_children(root: AwsSession) -> None:
    kinesis = root.client("kinesis")
    kinesis.put_record(StreamName=STREAM, Data=b"before", PartitionKey="a", ExplicitHashKey="0")
    parent = list_shards(root, STREAM)[0].shard_id
    children = {shard.shard_id for shard in resharded(root, 4) if shard.parent_shard_id == parent}
    later = kinesis.put_record(StreamName=STREAM, Data=b"after", PartitionKey="a", ExplicitHashKey="0")
    assert later["ShardId"] in children
    iterator = kinesis.get_shard_iterator(StreamName=STREAM, ShardId=parent, ShardIteratorType="TRIM_HORIZON")
    answer = kinesis.get_records(ShardIterator=iterator["ShardIterator"])
    assert [record["Data"] for record in answer["Records"]] == [b"before"]
    assert "NextShardIterator" not in answer
    assert {child["ShardId"]: child["ParentShards"] for child in answer["ChildShards"]} == {
        child: [parent] for child in children
    }


def test_shards_are_split_and_merged_by_hand_as_kinesis_allows(root: AwsSession) -> None:
    kinesis = root.client("kinesis")
    first, second = (shard.shard_id for shard in list_shards(root, STREAM))
    kinesis.split_shard(StreamName=STREAM, ShardToSplit=first, NewStartingHashKey="1000")
    small, large = (shard.shard_id for shard in list_shards(root, STREAM) if shard.parent_shard_id == first)

    def refused(operation: str, **request: Any) -> str:
        with pytest.raises(ClientError) as error:
            getattr(kinesis, operation)(StreamName=STREAM, **request)
        return str(error.value.response["Error"]["Code"])

    invalid = "InvalidArgumentException"
    assert refused("split_shard", ShardToSplit=first, NewStartingHashKey="2000") == invalid, "it is closed"
    assert refused("split_shard", ShardToSplit=small, NewStartingHashKey="1000") == invalid, "not inside"
    assert refused("split_shard", ShardToSplit="shardId-99", NewStartingHashKey="1") == "ResourceNotFoundException"
    assert refused("merge_shards", ShardToMerge=small, AdjacentShardToMerge=second) == invalid, "not adjacent"
    kinesis.merge_shards(StreamName=STREAM, ShardToMerge=second, AdjacentShardToMerge=large)
    merged = list_shards(root, STREAM)[-1]
    assert (merged.parent_shard_id, merged.adjacent_parent_shard_id) == (second, large)
    assert (merged.starting_hash_key, merged.ending_hash_key) == (1000, HASH_KEYS - 1)
