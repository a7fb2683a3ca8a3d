from datetime import timedelta

import pytest
from redis import Redis

from monitoring.records.read_counts import ReadCounts, read_counts, store_counts
from tests.monitoring.conftest import NOW


def test_counts_are_the_same_after_redis(clean_redis: str) -> None:
    counts = ReadCounts(NOW, 1_290, 40)
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
