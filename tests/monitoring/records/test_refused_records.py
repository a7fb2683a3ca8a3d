from redis import Redis

from monitoring.records.refused_records import name_of, remember, remembered
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW


def test_a_record_is_remembered_for_its_stream_and_ten_minutes(clean_redis: str) -> None:
    redis, record = Redis.from_url(clean_redis), DataRecord("7", NOW, "k", b"", "shardId-000000000000")
    remember(redis, "abc", [record])
    assert remembered(redis, "abc") == {name_of(record)} == {"shardId-000000000000/7"}
    assert remembered(redis, "other") == set()
    assert 0 < redis.ttl("refused:abc") <= 600
