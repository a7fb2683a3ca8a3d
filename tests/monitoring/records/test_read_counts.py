from datetime import timedelta

import pytest
from redis import Redis

from monitoring.records.read_counts import ReadCounts, Skip, read_counts, store_counts
from tests.monitoring.conftest import NOW


def test_counts_are_the_same_after_redis(clean_redis: str) -> None:
    counts = ReadCounts(NOW, 1_290, 40).with_skip(Skip("shardId-000000000003", NOW, NOW, after="7"))
    store_counts("abc", counts)
    assert read_counts("abc") == counts
    assert 0 < Redis.from_url(clean_redis).ttl("read_counts:abc") <= 300


@pytest.mark.usefixtures("clean_redis")
def test_nothing_read_is_no_count() -> None:
    assert read_counts("abc") is None


def test_what_is_not_listed_is_the_rest() -> None:
    counts = ReadCounts(NOW).plus(10, 0).plus(5, 5)
    assert (counts.total, counts.skipped) == (15, 5)
    assert (counts.unlisted(4), counts.unlisted(15), counts.unlisted(20)) == (11, 0, 0)


def test_each_count_marks_its_own_rows() -> None:
    assert ReadCounts(NOW).since_key != ReadCounts(NOW + timedelta(milliseconds=1)).since_key


def test_a_skip_ends_with_the_first_record_of_its_shard() -> None:
    counts = ReadCounts(NOW).with_skip(Skip("shardId-000000000003", NOW, NOW, after="7"))
    assert counts.with_first_after_skip("shardId-000000000004", "9") == counts
    ended = counts.with_first_after_skip("shardId-000000000003", "9")
    assert ended.last_skip == Skip("shardId-000000000003", NOW, NOW, after="7", until="9")
    assert ended.with_first_after_skip("shardId-000000000003", "10") == ended
    assert ended.skips == 1


def test_the_counts_cover_what_arrived_before_reading_began(clean_redis: str) -> None:
    counts = ReadCounts(NOW)
    assert counts.covers_from == NOW
    earlier = NOW - timedelta(seconds=60)
    counts = counts.with_arrival(NOW + timedelta(seconds=1)).with_arrival(earlier).with_arrival(NOW)
    assert (counts.covers_from, counts.since_key) == (earlier, ReadCounts(NOW).since_key)
    store_counts("abc", counts)
    assert read_counts("abc") == counts
