import gzip
import json
import random
import zlib

import pytest
from redis import Redis

from monitoring.records.access import Audience
from monitoring.records.kept_records import KeptRecords, find_row, sent_bytes, whole_text
from monitoring.records.record_row import RecordRow
from monitoring.records.sample_buffer import SampleBuffer
from monitoring.records.stream_topics import topic_of
from portal import live
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import rows_of


@pytest.fixture
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


def rows(data: bytes, number: int = 1) -> list[RecordRow]:
    return rows_of(DataRecord(str(number), NOW, "k", data, "shardId-000000000000"))


def noise(size: int) -> bytes:
    return b"\xff" + random.Random(size).randbytes(size - 1)  # does not shrink


def test_a_short_record_needs_nothing_beside_its_row(redis: Redis) -> None:
    (row,) = rows(b'{"a": 1}')
    KeptRecords("abc", redis).keep([row], now=0)
    assert redis.keys("kept_*") == []
    assert (sent_bytes("abc", row), whole_text("abc", row)) == (b'{"a": 1}', '{"a": 1}')


def test_what_was_published_is_found_again_as_it_was(redis: Redis) -> None:
    (row,) = rows(gzip.compress(b'{"a": 1}'))
    KeptRecords("abc", redis).keep([row], [row], now=0)
    assert find_row("abc", row.key) == row
    assert find_row("other", row.key) is None
    assert 0 < redis.ttl(f"kept_row:abc:{row.key}") <= 300


@pytest.mark.parametrize("wrapped", [bytes, gzip.compress, lambda data: b"\xef\xbb\xbf" + data + b"\0\0"])
def test_a_long_text_is_kept_whole(redis: Redis, wrapped) -> None:
    text = json.dumps({"long": "ü" * 5_000, "end": "\ud800"}, ensure_ascii=True)
    (row,) = rows(wrapped(text.encode()))
    KeptRecords("abc", redis).keep([row], now=0)
    shown = row.without_whole()
    assert whole_text("abc", shown) == text
    assert row.length == len(text)


def test_the_bytes_of_an_aggregate_are_kept_once(redis: Redis) -> None:
    data = kpl(("k", b'{"a": 1}'), ("k", b'{"a": 2}'))
    found = rows(data)
    KeptRecords("abc", redis).keep(found, now=0)
    assert len(redis.keys("kept_bytes:*")) == 1
    assert [sent_bytes("abc", row) for row in found] == [data, data]


def test_the_oldest_make_room_and_time_does_too(redis: Redis) -> None:
    kept = KeptRecords("abc", redis, most_bytes=10_000)
    found = [rows(noise(4_000), number)[0] for number in range(4)]
    for at, row in enumerate(found):
        kept.keep([row], now=at)
    assert [sent_bytes("abc", row) is not None for row in found] == [False, False, True, True]
    assert kept.size <= 10_000
    kept.keep([rows(noise(4_000), 9)[0]], now=400)
    assert kept.size < 5_000


def test_what_is_larger_than_all_that_may_be_kept_is_not_kept(redis: Redis) -> None:
    (row,) = rows(noise(20_000))
    KeptRecords("abc", redis, most_bytes=10_000).keep([row], now=0)
    assert sent_bytes("abc", row) is None


def test_no_more_is_sent_to_redis_at_once_than_may_be_kept(redis: Redis) -> None:
    found = [rows(noise(4_000), number)[0] for number in range(50)]
    before = redis.info("stats")["total_net_input_bytes"]
    KeptRecords("abc", redis, most_bytes=10_000).keep(found[::-1], now=0)
    assert redis.info("stats")["total_net_input_bytes"] - before < 15_000
    assert [row.sequence_number for row in found if sent_bytes("abc", row) is not None] == ["48", "49"]


def test_what_does_not_shrink_is_not_compressed(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[int] = []
    compress = zlib.compress

    def counted(data: bytes, level: int) -> bytes:
        compressed.append(len(data) if level else 0)
        return compress(data, level)

    monkeypatch.setattr(zlib, "compress", counted)
    (row,) = rows(noise(1024 * 1024))
    KeptRecords("abc", redis).keep([row], now=0)
    assert sum(compressed) < 100_000
    assert sent_bytes("abc", row) == noise(1024 * 1024)


def test_rows_of_another_version_are_not_found(redis: Redis) -> None:
    redis.set("kept_row:abc:k", zlib.compress(b"{}"))
    assert find_row("abc", "k") is None


def test_the_whole_texts_of_one_data_record_are_bounded() -> None:
    parts = [("k", json.dumps({"long": "x" * 900_000}).encode())] * 6
    found = rows(kpl(*parts))
    assert sum(len(row.whole or "") for row in found) <= 4_000_000
    assert [row.whole is not None for row in found] == [True] * 4 + [False] * 2


def test_a_row_that_only_a_page_with_a_filter_lists_is_found(redis: Redis) -> None:
    (row,) = rows(b'{"a": 1}')
    SampleBuffer("abc:0123", redis).add([row], now=0)
    assert find_row("abc", row.key) is None
    live.hold({topic_of("abc", Audience.CLEAR, "0123"): 1})
    assert find_row("abc", row.key) == row
