from monitoring.tap.fair_queue import BATCH_BYTES, BATCH_RECORDS, MAX_WAITING, MAX_WAITING_BYTES, FairQueue
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
