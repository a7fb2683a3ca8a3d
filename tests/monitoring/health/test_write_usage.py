from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring import series_store
from monitoring.health.write_usage import busiest_shards, needs_shards
from monitoring.series import Points, ShardSeries, StreamSeries
from tests.monitoring.conftest import NOW, stored_series
from tests.monitoring.pages.streams import STREAM


def points(values: list[float]) -> Points:
    return tuple((NOW - timedelta(minutes=len(values) - place), value) for place, value in enumerate(values))


def shard(number: int, values: list[float]) -> ShardSeries:
    return ShardSeries(f"shardId-{number:012d}", 0, 1, (), {"records": points(values)})


def stream(*shards: ShardSeries) -> StreamSeries:
    return StreamSeries(NOW - timedelta(hours=3), NOW, {}, shards)


def numbers(of: StreamSeries) -> list[int]:
    return [int(each.shard_id[-4:]) for each in of.shards]


def test_the_shards_nearest_to_their_limit_now_stay_in_their_order() -> None:
    busy_before = [60_000.0] * 10 + [1.0] * 5
    found = busiest_shards(stream(shard(0, busy_before), shard(1, [50.0]), shard(2, []), shard(3, [900.0])), 2)
    assert numbers(found) == [1, 3]
    assert found.omitted_shards == 2


def test_bytes_count_as_much_as_records() -> None:
    heavy = ShardSeries("shardId-000000000001", 0, 1, (), {"bytes": points([60 * 1024 * 1024.0])})
    assert numbers(busiest_shards(stream(shard(0, [30_000.0]), heavy), 1)) == [1]


def test_reducing_twice_still_counts_every_omitted_shard() -> None:
    once = busiest_shards(stream(*(shard(number, [number]) for number in range(30))), 24)
    assert busiest_shards(once, 20).omitted_shards == 10
    assert busiest_shards(once, 24) == once


@pytest.mark.parametrize(
    ("metrics", "is_needed"),
    [
        ({}, False),
        ({"records": points([48_000])}, False),
        ({"records": points([48_001])}, True),
        ({"bytes": points([0.81 * 60 * 1024**2])}, True),
        ({"records": points([50_000, 1, 1, 1, 1, 1, 1])}, False),
        ({"records": points([5]), "throttled_writes": points([1])}, True),
        ({"records": points([5]), "throttled_writes": points([0])}, False),
    ],
)
def test_shards_are_needed_where_one_alone_can_be_near_its_limit(metrics: dict[str, Points], is_needed: bool) -> None:
    found = StreamSeries(NOW - timedelta(hours=3), NOW, metrics)
    assert needs_shards(STREAM, found) is is_needed
    assert not needs_shards(replace(STREAM, has_shard_metrics=False), found)
    assert not needs_shards(replace(STREAM, shards=1), found), "its only shard is the stream"


@pytest.mark.usefixtures("clean_redis")
def test_omitted_shards_are_still_counted_after_storing() -> None:
    series_store.store("abc", busiest_shards(stream(shard(0, [1.0]), shard(1, [2.0])), 1))
    stored = stored_series("abc")
    assert (numbers(stored), stored.omitted_shards) == ([1], 1)
