from monitoring.tap.fair_queue import (
    BATCH_BYTES,
    BATCH_RECORDS,
    LATE_SECONDS,
    MAX_BYTES,
    MAX_WAITING,
    MAX_WAITING_BYTES,
    FairQueue,
)
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW


def records(count: int, data: bytes = b"{}") -> list[DataRecord]:
    return [DataRecord(str(number), NOW, "k", data, "shardId-000000000000") for number in range(count)]


def taken(queue: FairQueue, now: float = 0.0) -> str | None:
    found = queue.take(now)
    return found[0].uid if found else None


def test_tenants_take_turns_however_much_one_has() -> None:
    queue = FairQueue(decoders=8)
    queue.put("a1", "a", records(500))
    queue.put("a2", "a", records(500))
    queue.put("b1", "b", records(1))
    assert [taken(queue) for _ in range(4)] == ["a1", "b1", "a2", None]


def test_streams_of_a_tenant_take_turns() -> None:
    queue = FairQueue(decoders=2)
    queue.put("a1", "a", records(500))
    queue.put("a2", "a", records(500))
    order = []
    for _ in range(4):
        lane, _ = queue.take(0.0) or (None, None)
        assert lane is not None
        order.append(lane.uid)
        queue.finish(lane, (), has_ended=False, now=0.0)
    assert order == ["a1", "a2", "a1", "a2"]


def test_one_tenant_never_has_all_decoders() -> None:
    queue = FairQueue(decoders=3)
    for uid in ("a1", "a2", "a3"):
        queue.put(uid, "a", records(500))
    assert [taken(queue) for _ in range(3)] == ["a1", "a2", None]
    queue.put("b1", "b", records(1))
    assert taken(queue) == "b1"


def test_a_stream_has_one_decoder_at_a_time_so_that_its_order_is_kept() -> None:
    queue = FairQueue(decoders=8)
    queue.put("a1", "a", records(500))
    lane, batch = queue.take(0.0)
    assert taken(queue) is None
    assert queue.waiting("a1") == 500
    queue.finish(lane, batch[10:], has_ended=False, now=0.0)
    assert queue.waiting("a1") == 490
    _, following = queue.take(0.0)
    assert following[0] == batch[10]


def test_what_is_searched_again_has_one_decoder_for_all_filters_of_a_stream() -> None:
    queue = FairQueue(decoders=8)
    queue.put("a", "a", records(500))
    for key in range(8):
        queue.put(f"a/{key}", "a", records(500), group="a/")
    queue.put("b/0", "a", records(500), group="b/")
    lanes = [queue.take(0.0) for _ in range(3)]
    assert [lane and lane[0].uid for lane in lanes] == ["a", "a/0", "b/0"]
    assert taken(queue) is None
    again = lanes[1]
    assert again is not None
    queue.finish(again[0], (), has_ended=False, now=0.0)
    assert taken(queue) == "a/1"


def test_a_batch_is_bounded_in_records_and_bytes() -> None:
    queue = FairQueue(decoders=2)
    queue.put("a1", "a", records(500))
    queue.put("b1", "b", records(9, bytes(BATCH_BYTES // 4)))
    assert [len(queue.take(0.0)[1]) for _ in range(2)] == [BATCH_RECORDS, 4]


def test_the_oldest_are_dropped_when_too_many_wait() -> None:
    queue = FairQueue(decoders=2)
    assert queue.put("a1", "a", records(MAX_WAITING)) == 0
    assert queue.put("a1", "a", records(3)) == 3
    assert queue.put("b1", "b", records(3, bytes(MAX_WAITING_BYTES // 2))) == 1
    assert (queue.waiting("a1"), queue.waiting("b1"), queue.waiting("c1")) == (MAX_WAITING, 2, 0)


def test_a_stream_whose_record_ended_its_decoder_pauses_longer_each_time() -> None:
    queue = FairQueue(decoders=2)
    queue.put("a1", "a", records(500))
    now, dropped = 0.0, []
    for pause in (1.0, 2.0, 4.0):
        lane, batch = queue.take(now)
        dropped.append(queue.finish(lane, batch[1:], has_ended=True, now=now))
        queue.put("a1", "a", records(1))
        assert taken(queue, now + pause - 0.1) is None
        now += pause
    assert dropped[:2] == [0, 0]
    assert dropped[2] == 500 - 3 + 2
    assert taken(queue, now) == "a1"


def test_good_records_make_the_pauses_short_again() -> None:
    queue = FairQueue(decoders=2)
    queue.put("a1", "a", records(500))
    for has_ended in (True, True, False, False):
        lane, batch = queue.take(100.0)
        queue.finish(lane, batch[1:], has_ended=has_ended, now=0.0)
    lane, batch = queue.take(100.0)
    queue.finish(lane, batch[1:], has_ended=True, now=100.0)
    assert lane.not_before == 101.0


def test_a_forgotten_stream_is_not_taken_and_gives_its_decoder_back() -> None:
    queue = FairQueue(decoders=2)
    queue.put("a1", "a", records(500))
    lane, batch = queue.take(0.0)
    queue.forget("a1")
    assert not queue.holds(lane)
    queue.finish(lane, batch, has_ended=False, now=0.0)
    assert taken(queue) is None
    queue.put("a1", "a", records(1))
    assert taken(queue) == "a1"
    queue.forget("never put")


def test_while_decoders_cannot_keep_up_an_even_part_of_each_read_is_kept() -> None:
    queue = FairQueue(decoders=2)
    now, kept, read = 0.0, [], 1_000
    for _ in range(60):  # ten batches are decoded in a second, of ten that arrive from each of two shards
        skipped = [queue.put("a1", "a", records(read), now) for _ in range(2)]
        kept.append([read - dropped for dropped in skipped])
        for _ in range(10):
            now += 0.1
            if found := queue.take(now):
                queue.finish(found[0], (), has_ended=False, now=now)
    first, second = (sum(parts[-20:]) for parts in zip(*kept, strict=True))
    assert first == second, "no shard is read at the cost of another"
    assert 7_000 <= first <= 12_000, "half of what arrived, which is what can be decoded"
    assert queue._lanes["a1"].dropped < 0.1 * 60 * 2 * read


def test_what_has_waited_for_too_long_is_dropped_and_counted() -> None:
    queue = FairQueue(decoders=2)
    queue.put("a1", "a", records(500), 0.0)
    lane, batch = queue.take(LATE_SECONDS + 1)
    assert (len(batch), lane.dropped, queue.waiting("a1")) == (BATCH_RECORDS, 400, BATCH_RECORDS)
    assert batch[-1].sequence_number == "499"


def test_what_waits_of_all_streams_is_bounded_and_the_longest_queue_loses() -> None:
    queue = FairQueue(decoders=2)
    for number in range(2 * MAX_BYTES // MAX_WAITING_BYTES):
        queue.put(f"a{number}", "a", records(4, bytes(MAX_WAITING_BYTES // 4)))
    assert sum(lane.waiting_bytes for lane in queue._lanes.values()) <= MAX_BYTES
    assert all(queue.waiting(f"a{number}") >= 2 for number in range(8))
