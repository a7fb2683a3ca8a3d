"""A downloaded record is whole, or says how much of it is omitted and why."""

import base64
import gzip
import json
from collections.abc import Callable

import pytest
from redis import Redis

from monitoring.record_access_pages import download
from monitoring.record_access_pages.download import data_of, line_of
from monitoring.records.access import Audience
from monitoring.records.kept_records import KeptRecords
from monitoring.records.record_row import from_json, visible_rows
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import rows_of

LONG = json.dumps({"long": "ü\u202e" * 4_000, "end": 1.5}, ensure_ascii=False)
BINARY = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20


@pytest.fixture
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


@pytest.fixture
def download_of(redis: Redis) -> Callable[..., list[dict]]:
    def lines(
        data: bytes, audience: Audience = Audience.CLEAR, *, is_kept: bool = True, left: int = 10**9
    ) -> list[dict]:
        rows = rows_of(DataRecord("4959", NOW, "k", data, "shardId-000000000006"))
        if is_kept:
            KeptRecords("abc", redis).keep(rows, now=0)
        shown = visible_rows([from_json(row.to_json()) for row in rows], audience, "")
        return [line_of(visible, data_of("abc", visible, left)) for visible in shown]

    return lines


@pytest.mark.parametrize("wrapped", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_long_text_is_whole_and_as_it_was_sent(download_of, wrapped: Callable[[bytes], bytes]) -> None:
    (line,) = download_of(wrapped(LONG.encode()))
    assert line["data"] == LONG
    assert (line["is_whole"], line["omitted_size"], line["omitted_reason"]) == (True, 0, "")


def test_a_short_text_has_its_marks_as_they_were_sent(download_of) -> None:
    text = '{"x": "\u202e"}'
    assert [line["data"] for line in download_of(gzip.compress(text.encode()))] == [text]


def test_bytes_that_no_decoder_read_are_whole(download_of) -> None:
    (line,) = download_of(BINARY)
    assert base64.b64decode(line["bytes_base64"]) == BINARY
    assert (line["data"], line["is_whole"]) == ("", True)


@pytest.mark.parametrize(("is_kept", "left", "reason"), [(False, 10**9, "not_kept"), (True, 100, "file_limit")])
def test_what_is_omitted_is_counted_with_its_reason(download_of, is_kept: bool, left: int, reason: str) -> None:
    (line,) = download_of(LONG.encode(), is_kept=is_kept, left=left)
    assert line["data"].startswith('{"long": "ü⟨U+202E⟩')
    assert (line["is_whole"], line["omitted_size"], line["omitted_reason"]) == (False, len(LONG) - 2_000, reason)
    (line,) = download_of(BINARY, is_kept=is_kept, left=left)
    assert base64.b64decode(line["bytes_base64"]) == BINARY[:2048]
    assert (line["is_whole"], line["omitted_size"], line["omitted_reason"]) == (False, len(BINARY) - 2_048, reason)


def test_of_binary_records_inside_another_the_start_is_there(download_of) -> None:
    (line, other) = download_of(kpl(("k", BINARY), ("k", b"\xff\xd8\xff\xe0")))
    assert (line["omitted_size"], line["data_record_bytes"] > len(BINARY)) == (len(BINARY) - 2_048, True)
    assert other["is_whole"]


def test_masked_lines_have_no_byte_and_say_that_they_are_cut(download_of) -> None:
    long = json.dumps({"secret": ["Zq7Xw"] * 5_000}).encode()
    (line,) = download_of(long, Audience.MASKED)
    assert "Zq7Xw" not in json.dumps(line)
    assert (line["is_whole"], line["omitted_size"], line["omitted_reason"]) == (False, None, "row_limit")
    (line,) = download_of(b"\xff\xd8\xff\xe0Zq7Xw", Audience.MASKED)
    assert (line["data"], line["bytes_base64"], line["is_whole"]) == ("", "", False)


def test_a_file_is_bounded(download_of, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MOST_BYTES", 2 * len(LONG))
    rows = [rows_of(DataRecord(str(n), NOW, "k", LONG.encode(), "shardId-000000000006"))[0] for n in range(5)]
    KeptRecords("abc", redis).keep(rows, now=0)
    lines = [json.loads(line) for line in download._pieces("abc", visible_rows(rows, Audience.CLEAR))]
    assert [line["is_whole"] for line in lines] == [True, True, False, False, False]
