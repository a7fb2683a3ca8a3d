import pytest
from redis import Redis

from monitoring.records.record_row import RecordRow
from monitoring.records.sample_buffer import FRESH_SECONDS, MAX_ROWS, SampleBuffer, newest_rows
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW
from tests.monitoring.poisoned import rows_of


def rows(*numbers: int) -> list[RecordRow]:
    records = [DataRecord(str(n), NOW, "k", b'{"n": %d}' % n, "shardId-000000000000") for n in numbers]
    return [row for record in records for row in rows_of(record)]


def texts() -> list[str]:
    return [row.clear.text for row in newest_rows("abc")]


@pytest.fixture
def buffer(clean_redis: str) -> SampleBuffer:
    return SampleBuffer("abc", Redis.from_url(clean_redis))


def test_the_newest_rows_come_first(buffer: SampleBuffer) -> None:
    buffer.add(rows(2, 1), now=0)
    buffer.add(rows(4, 3), now=1)
    assert texts() == ['{"n": 4}', '{"n": 3}', '{"n": 2}', '{"n": 1}']
    assert [row.clear.text for row in newest_rows("abc", 1)] == ['{"n": 4}']


def test_rows_that_are_too_old_are_dropped_although_others_arrive(buffer: SampleBuffer) -> None:
    buffer.add(rows(1), now=0)
    buffer.add(rows(2), now=FRESH_SECONDS)
    assert texts() == ['{"n": 2}', '{"n": 1}']
    buffer.add(rows(3), now=FRESH_SECONDS + 1)
    assert texts() == ['{"n": 3}', '{"n": 2}']


def test_rows_that_are_too_old_are_dropped_although_none_arrives(buffer: SampleBuffer) -> None:
    buffer.add(rows(1), now=0)
    buffer.add([], now=FRESH_SECONDS + 1)
    assert not buffer.redis.exists("rows:abc")


def test_the_oldest_rows_give_way_when_there_are_too_many(buffer: SampleBuffer) -> None:
    buffer.add(rows(*range(MAX_ROWS)), now=0)
    buffer.add(rows(-1, -2), now=1)
    assert len(texts()) == MAX_ROWS
    assert texts()[0] == '{"n": -1}'
    assert texts()[-1] == f'{{"n": {MAX_ROWS - 3}}}'


def test_clearing_removes_all_rows(buffer: SampleBuffer) -> None:
    buffer.add(rows(1), now=0)
    buffer.clear()
    assert texts() == []


def test_rows_that_cannot_be_read_are_left_out_and_the_others_shown(buffer: SampleBuffer) -> None:
    buffer.add(rows(1), now=0)
    for stored in (b"not JSON", b"{}", b"[]", b"7", b"null"):
        buffer.redis.lpush("rows:abc", stored)
    buffer.add(rows(2), now=1)
    assert texts()[0] == '{"n": 2}'
    assert set(texts()) <= {'{"n": 1}', '{"n": 2}'}


def test_without_redis_there_are_no_rows(settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert newest_rows("abc") == []
