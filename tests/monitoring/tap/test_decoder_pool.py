import os
import signal
import time
from collections.abc import Iterator
from threading import enumerate as enumerate_threads

import pytest

from monitoring.records.field_paths import version_of
from monitoring.tap.decoder_pool import DecoderPool, Finished
from monitoring.tap.fair_queue import MAX_WAITING
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import MANY_VALUES, NEVER_RETURNS
from tests.waiting import wait_for


def records(count: int, data: bytes = b'{"wet": true}') -> list[DataRecord]:
    return [DataRecord(str(number), NOW, "k", data, "shardId-000000000000") for number in range(count)]


@pytest.fixture
def pool() -> Iterator[DecoderPool]:
    pool = DecoderPool(2)
    yield pool
    pool.close()


def everything(pool: DecoderPool, uid: str) -> Finished:
    wait_for(lambda: pool.waiting(uid) == 0)
    return pool.finished(uid)


def test_every_record_becomes_a_row_in_order(pool: DecoderPool) -> None:
    pool.submit("a1", "a", records(250))
    finished = everything(pool, "a1")
    assert [row.sequence_number for row in finished.rows] == [str(number) for number in range(250)]
    assert (finished.record_count, finished.skipped_count, finished.ended) == (250, 0, [])
    assert pool.finished("a1") == Finished()


def test_rows_are_masked_by_the_fields_that_are_allowed_and_what_others_masked_is_dropped(pool: DecoderPool) -> None:
    allowed = frozenset({"wet"})
    assert pool.allow("a1", allowed) is None
    pool.submit("a1", "a", records(1))
    [row] = everything(pool, "a1").rows
    assert (row.masked.text, row.mask_version) == ('{"wet": true}', version_of(allowed))
    pool.submit("a1", "a", records(40))
    assert pool.allow("a1", allowed) is None
    assert pool.allow("a1", frozenset()) == 40
    assert pool.finished("a1") == Finished()
    pool.submit("a1", "a", records(1))
    [row] = everything(pool, "a1").rows
    assert (row.masked.text, row.mask_version) == ('{"•••1": "•••"}', "")


def test_another_tenants_record_appears_while_one_tenant_poisons_all_of_its_decoders(pool: DecoderPool) -> None:
    pool.submit("warm", "w", records(1))
    everything(pool, "warm")
    pool.submit("a1", "a", records(500, MANY_VALUES))
    pool.submit("a2", "a", records(1, NEVER_RETURNS))
    time.sleep(0.3)
    began = time.monotonic()
    pool.submit("b1", "b", records(1))
    finished = everything(pool, "b1")
    assert time.monotonic() - began < 3.5  # a decoder may take four
    assert [row.decoder_path for row in finished.rows] == ["JSON"]


def test_a_record_that_ended_its_decoder_is_refused_and_reported(pool: DecoderPool) -> None:
    pool.submit("a1", "a", records(1, NEVER_RETURNS))
    finished = everything(pool, "a1")
    (row,) = finished.rows
    assert row.refusal.code in {"decode.stopped", "decode.no_answer"}  # the clock is faster on a busy machine
    assert [record.sequence_number for record in finished.ended] == ["0"]


def test_records_that_cannot_wait_are_counted_as_skipped(pool: DecoderPool) -> None:
    pool.submit("a1", "a", records(MAX_WAITING + 50))
    wait_for(lambda: pool.waiting("a1") == 0, 60)
    finished = pool.finished("a1")
    assert finished.skipped_count >= 50
    assert finished.record_count + finished.skipped_count == MAX_WAITING + 50


def test_records_that_cannot_wait_are_counted_as_not_searched_by_a_filter(pool: DecoderPool) -> None:
    pool.search("a1", "a", {"f": "wet = true"})
    pool.submit("a1", "a", records(MAX_WAITING + 50))
    wait_for(lambda: pool.waiting("a1") == 0, 60)
    finished = pool.finished("a1")
    found = finished.found["f"]
    assert found.unsearched == finished.skipped_count >= 50
    assert found.searched + found.unsearched == MAX_WAITING + 50


def test_of_many_records_as_many_rows_as_a_page_keeps_are_returned_and_all_are_counted(pool: DecoderPool) -> None:
    pool.submit("warm", "w", records(1))
    everything(pool, "warm")
    pool.submit("a1", "a", records(2_000))
    finished = everything(pool, "a1")
    assert (finished.record_count, finished.skipped_count) == (2_000, 0)
    assert 400 <= len(finished.rows) < 1_800
    numbers = [int(row.sequence_number) for row in finished.rows]
    assert numbers == sorted(numbers)
    parts = [sum(start <= number < start + 500 for number in numbers) for start in range(0, 2_000, 500)]
    assert min(parts) >= 60, "evenly spread"


def test_killing_every_decoder_process_loses_no_record(pool: DecoderPool) -> None:
    pool.submit("a1", "a", records(1))
    everything(pool, "a1")
    for decoder in pool._decoders:
        if decoder._child is not None:
            os.kill(decoder._child.pid, signal.SIGKILL)
    pool.submit("a1", "a", records(3))
    finished = everything(pool, "a1")
    assert [row.refusal for row in finished.rows] == [None] * 3


def test_a_forgotten_stream_leaves_no_rows(pool: DecoderPool) -> None:
    pool.submit("a1", "a", records(300))
    pool.forget("a1")
    time.sleep(0.3)
    assert pool.finished("a1") == Finished()


def test_a_filter_that_is_used_no_more_leaves_nothing_that_waits(pool: DecoderPool) -> None:
    pool.submit("a1", "a", records(3))
    everything(pool, "a1")
    for number in range(20):
        pool.search("a1", "a", {f"key{number}": f"n = {number}"})
    pool.search("a1", "a", {})
    assert set(pool._queue._lanes) == {"a1"}


def test_a_fault_of_the_pool_itself_costs_a_batch_and_no_thread(pool: DecoderPool) -> None:
    pool.submit("a1", "a", [DataRecord("1", NOW, None, b"{}", "shardId-000000000000")])
    assert everything(pool, "a1").skipped_count == 1
    pool.submit("a1", "a", records(2))
    assert len(everything(pool, "a1").rows) == 2


def test_a_closed_pool_ends_its_processes_and_threads() -> None:
    pool = DecoderPool(2)
    pool.submit("a1", "a", records(1))
    everything(pool, "a1")
    pool.close()
    pool.submit("a1", "a", records(1))
    wait_for(lambda: not any(thread.name.startswith("decoder-") for thread in enumerate_threads()))
    assert all(decoder._child is None for decoder in pool._decoders)


def test_records_of_an_aggregate_are_marked_by_the_range_of_their_shard(pool: DecoderPool) -> None:
    aggregate = kpl(("a", b"{}"), ("b", b"{}"))  # their hash keys begin with 0C and 92
    pool.describe("a1", {"shardId-000000000000": (0, 2**127 - 1)})
    pool.submit("a1", "a", records(1, aggregate))
    first, second = everything(pool, "a1").rows
    assert "record.outside_shard" not in first.masked.details
    assert "record.outside_shard" in second.masked.details
