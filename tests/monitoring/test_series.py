from monitoring.series import shard_number


def test_shards_are_told_apart_by_the_end_of_their_ids() -> None:
    assert shard_number("shardId-000000000006") == "0006"
    assert shard_number("shardId-000000012345") == "2345"
