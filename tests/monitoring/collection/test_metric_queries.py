from dataclasses import replace

from monitoring.collection.metric_queries import queries_of, series_of
from onboarding.deliveries.destination import Metrics
from portal.aws.cloudwatch import Series
from portal.aws.shards import Shard
from tests.monitoring.pages.streams import DELIVERY, END, STREAM, minutes

SHARD = Shard(
    shard_id="shardId-000000000002",
    starting_hash_key=2**127,
    ending_hash_key=2**128 - 1,
    starting_sequence_number="1",
    ending_sequence_number=None,
    parent_shard_id="shardId-000000000000",
    adjacent_parent_shard_id=None,
)


def keys(stream, shards=()) -> list[str]:
    return [query.key for query in queries_of(stream, shards)]


def test_a_stream_has_five_metrics_and_its_deliveries_those_that_aws_publishes() -> None:
    assert keys(replace(STREAM, deliveries=())) == [
        "abc/records",
        "abc/bytes",
        "abc/throttled_writes",
        "abc/throttled_reads",
        "abc/iterator_age",
    ]
    assert keys(STREAM)[5:] == ["abc/freshness:sensors-to-s3"]
    all_three = replace(DELIVERY, metrics=Metrics.of("DeliveryToS3"))
    assert len(keys(replace(STREAM, deliveries=(all_three,)))) == 8


def test_shards_are_requested_only_with_shard_level_metrics() -> None:
    found = keys(STREAM, [SHARD])
    assert found[-2:] == ["abc/shardId-000000000002/records", "abc/shardId-000000000002/bytes"]
    assert keys(replace(STREAM, has_shard_metrics=False), [SHARD]) == keys(STREAM)


def test_the_response_for_many_streams_is_divided() -> None:
    mine, theirs = minutes(1, 2), minutes(3)
    response = {
        "abc/records": Series("abc/records", mine),
        "other/records": Series("other/records", theirs),
        "abc/shardId-000000000002/bytes": Series("abc/shardId-000000000002/bytes", theirs),
    }
    found = series_of(STREAM, response, [SHARD], start=END, end=END)
    assert found.stream == {"records": mine}
    (shard,) = found.shards
    assert (shard.first_share, shard.last_share, shard.parents) == (0.5, 1.0, ("shardId-000000000000",))
    assert shard.metrics == {"bytes": theirs}
