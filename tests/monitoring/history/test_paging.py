"""Pages forward and back have each record exactly once, whatever the times of arrival and reshards are."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.history.backward import BackwardPage
from monitoring.history.batches import Stopped, parents_of
from monitoring.history.forward import ForwardPage
from monitoring.history.found_page import FoundPage
from monitoring.history.position import START, Cut, Position, after_record, at_record, at_time
from portal.aws.records import DataRecord
from tests.monitoring.history.played_stream import BEGAN, PlayedStream, random_stream, shard, shard_id

OLDEST = BEGAN - timedelta(hours=1)
MOST_PAGES = 400


def forward(stream: PlayedStream, cut: Cut, limit: int = 7) -> FoundPage:
    page = ForwardPage(stream.shards, Cut.from_json(cut.as_json()), stream, limit=limit)
    return ended(page)


def backward(stream: PlayedStream, cut: Cut, limit: int = 7) -> FoundPage:
    page = BackwardPage(stream.shards, Cut.from_json(cut.as_json()), stream, limit=limit, oldest=OLDEST, now=stream.now)
    return ended(page)


def ended(page: ForwardPage | BackwardPage) -> FoundPage:
    try:
        for _ in range(5000):
            if not page.step():
                break
        else:
            raise AssertionError("a page did not end")
    except Stopped:
        pass
    return page.page()


def all_forward(stream: PlayedStream, cut: Cut, limit: int = 7) -> tuple[list[DataRecord], Cut]:
    found: list[DataRecord] = []
    for _ in range(MOST_PAGES):
        page = forward(stream, cut, limit)
        assert page.is_at_edge or len(page.records) == limit
        found += page.records
        cut = page.end
        if page.is_at_edge:
            return found, cut
    raise AssertionError("paging forward did not end")


def all_backward(stream: PlayedStream, cut: Cut, limit: int = 7) -> tuple[list[DataRecord], Cut]:
    found: list[DataRecord] = []
    for _ in range(MOST_PAGES):
        page = backward(stream, cut, limit)
        assert page.is_at_edge or len(page.records) == limit
        found[:0] = page.records
        cut = page.start
        if page.is_at_edge:
            return found, cut
    raise AssertionError("paging back did not end")


def once(found: list[DataRecord], expected: list[DataRecord]) -> None:
    numbers = [int(record.sequence_number) for record in found]
    assert len(set(numbers)) == len(numbers), "a record was found twice"
    assert sorted(numbers) == sorted(int(record.sequence_number) for record in expected), "a record was lost"


def in_order(stream: PlayedStream, found: list[DataRecord]) -> None:
    """Each shard in the order of its sequence numbers, and after its parents."""
    last: dict[str, int] = {}
    places = {shard.shard_id: shard for shard in stream.shards}
    for place, record in enumerate(found):
        assert last.get(record.shard_id, 0) < int(record.sequence_number)
        last[record.shard_id] = int(record.sequence_number)
        parents = parents_of(places[record.shard_id])
        assert not any(later.shard_id in parents for later in found[place:]), "a parent after its child"


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), limit=st.sampled_from([1, 3, 7, 50]))
def test_from_the_first_record_forward_and_back_each_record_is_found_once(seed: int, limit: int) -> None:
    stream = random_stream(seed)
    found, end = all_forward(stream, Cut(START), limit)
    once(found, stream.all_records)
    in_order(stream, found)
    back, start = all_backward(stream, end, limit)
    once(back, stream.all_records)
    in_order(stream, back)
    again, _ = all_forward(stream, start, limit)
    once(again, stream.all_records)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), limit=st.sampled_from([1, 3, 7, 50]), share=st.floats(0, 1))
def test_a_time_divides_the_records_into_those_before_and_those_after(seed: int, limit: int, share: float) -> None:
    stream = random_stream(seed)
    times = sorted(record.arrived_at for record in stream.all_records) or [BEGAN]
    moment = times[int(share * (len(times) - 1))] + timedelta(milliseconds=random.Random(seed).choice([-1, 0, 1]))
    first = forward(stream, Cut(at_time(moment)), limit)
    after, end = all_forward(stream, first.end, limit)
    before, start = all_backward(stream, first.start, limit)
    once([*before, *first.records, *after], stream.all_records)
    back, _ = all_backward(stream, end, limit)
    once(back, stream.all_records)
    again, _ = all_forward(stream, start, limit)
    once(again, stream.all_records)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), limit=st.sampled_from([1, 3, 7]))
def test_a_walk_in_random_directions_never_repeats_or_misses_a_record_between_two_pages(seed: int, limit: int) -> None:
    stream = random_stream(seed)
    chance = random.Random(seed)
    page = backward(stream, Cut(at_time(stream.now)), limit)
    for _ in range(20):
        goes_on = chance.random() < 0.5
        edge, cut = (page.end, "end") if goes_on else (page.start, "start")
        beyond = forward(stream, edge, limit) if goes_on else backward(stream, edge, limit)
        rest = all_backward(stream, edge, 50)[0] if goes_on else all_forward(stream, edge, 50)[0]
        both = [*rest, *beyond.records]
        numbers = [record.sequence_number for record in both]
        assert len(set(numbers)) == len(numbers), f"a record on both sides of the {cut}"
        page = beyond


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), stops=st.integers(0, 12))
def test_a_page_that_was_stopped_is_exact_at_both_edges(seed: int, stops: int) -> None:
    stream = random_stream(seed)
    stream.stops_after = stops
    page = forward(stream, Cut(START))
    stream.stops_after = None
    once([*page.records, *all_forward(stream, page.end)[0]], stream.all_records)
    stream.reads, stream.stops_after = 0, stops
    page = backward(stream, Cut(at_time(stream.now)))
    stream.stops_after = None
    once([*all_backward(stream, page.start)[0], *page.records], stream.all_records)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), reads=st.integers(1, 5))
def test_reading_in_many_short_turns_finds_each_record_once(seed: int, reads: int) -> None:
    stream = random_stream(seed)
    found: list[DataRecord] = []
    cut = Cut(START)
    for _ in range(5000):
        stream.reads, stream.stops_after = 0, reads + len(stream.shards)
        page = forward(stream, cut)
        found += page.records
        cut = page.end
        if page.is_at_edge:
            break
    stream.stops_after = None
    once(found, stream.all_records)
    once(all_backward(stream, cut)[0], stream.all_records)


def test_a_long_time_without_records_is_not_read_again_by_the_next_turn() -> None:
    stream = PlayedStream(BEGAN + timedelta(hours=23), [shard(0)], {})
    stream.put(0, 1, 1)
    late = stream.put(0, 2, 50_000)
    always_first(stream)
    stream.stops_after = 1
    page = forward(stream, Cut(at_time(BEGAN + timedelta(seconds=2))))
    place = page.end.positions[shard_id(0)]
    assert place.near == late.arrived_at - timedelta(seconds=60)
    always_last(stream)
    assert forward(stream, page.end).records == (late,)


class Fixed(random.Random):
    """Chance that always chooses the same place."""

    place = -1

    def choice(self, seq):
        return seq[self.place]


def always_last(stream: PlayedStream) -> None:
    stream.chance = Fixed()


def always_first(stream: PlayedStream) -> None:
    stream.chance = Fixed()
    stream.chance.place = 0


def test_new_records_are_on_the_next_page_after_the_newest() -> None:
    stream = PlayedStream(BEGAN + timedelta(hours=1), [shard(0), shard(1)], {})
    first = stream.put(0, 1, 10)
    page = backward(stream, Cut(at_time(stream.now)))
    assert page.records == (first,)
    assert page.is_at_edge
    stream.now += timedelta(minutes=1)
    later = [stream.put(1, 2, 3605), stream.put(0, 3, 3606)]
    assert list(forward(stream, page.end).records) == later


def test_records_of_one_moment_are_in_the_order_of_their_shards_and_sequence_numbers() -> None:
    stream = PlayedStream(BEGAN + timedelta(hours=1), [shard(0), shard(1)], {})
    for number in range(1, 9):
        stream.put(number % 2, number, 5)
    found, end = all_forward(stream, Cut(START), 3)
    order = [(record.shard_id, int(record.sequence_number)) for record in found]
    assert order == sorted(order)
    back, _ = all_backward(stream, end, 3)
    assert back == found


def test_a_page_before_a_full_shard_reads_little_of_it() -> None:
    stream = PlayedStream(BEGAN + timedelta(hours=12), [shard(0)], {})
    for number in range(1, 40_001):
        stream.put(0, number, number / 1000)
    always_last(stream)
    place = stream.records[shard_id(0)][30_000]
    page = backward(stream, Cut(START, {shard_id(0): at_record(place)}), 50)
    assert [int(record.sequence_number) for record in page.records] == list(range(29_951, 30_001))
    assert stream.reads < 12


def test_a_page_before_days_without_records_takes_few_reads() -> None:
    stream = PlayedStream(BEGAN + timedelta(hours=23), [shard(0)], {})
    stream.put(0, 1, 1)
    always_last(stream)
    assert len(backward(stream, Cut(at_time(stream.now))).records) == 1
    assert stream.reads < 9


@pytest.mark.parametrize("place", [at_record, after_record])
def test_a_sequence_number_divides_its_shard(place) -> None:
    stream = PlayedStream(BEGAN + timedelta(hours=1), [shard(0)], {})
    records = [stream.put(0, number, 60 - number) for number in range(1, 11)]  # times run backward
    position: Position = place(records[4])
    position = Position(position.kind, position.sequence_number)  # as it is typed, without a time
    page = forward(stream, Cut(START, {shard_id(0): position}))
    before = backward(stream, page.start)
    expected = 4 if place is at_record else 5
    assert [list(before.records), list(page.records)] == [records[:expected], records[expected:]]


def test_progress_says_up_to_when_all_shards_were_read() -> None:
    stream = PlayedStream(BEGAN + timedelta(hours=1), [shard(0), shard(1)], {})
    stream.put(0, 1, 10)
    page = ForwardPage(stream.shards, Cut(START), stream, limit=5)
    assert page.read_up_to is None
    seen: list[datetime | None] = []
    while page.step():
        seen.append(page.read_up_to)
    assert page.page().is_at_edge
    back = BackwardPage(stream.shards, Cut(at_time(stream.now)), stream, limit=5, oldest=OLDEST, now=stream.now)
    assert back.read_up_to == stream.now


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 9), st.sampled_from([0, 3, 50]))
def test_pages_of_some_records_have_each_of_them_once(seed: int, limit: int, kept: int) -> None:
    stream = random_stream(seed)

    def wanted(record: DataRecord) -> bool:
        return int(record.sequence_number) % 7 == 0

    expected = [record for record in stream.all_records if wanted(record)]
    found, cut = [], Cut(START)
    for _ in range(MOST_PAGES):
        page = ended(ForwardPage(stream.shards, cut, stream, limit=limit, wanted=wanted))
        found += page.records
        cut = page.end
        if page.is_at_edge:
            break
    once(found, expected)
    back: list[DataRecord] = []
    for _ in range(MOST_PAGES):
        older = BackwardPage(
            stream.shards, cut, stream, limit=limit, oldest=OLDEST, now=stream.now, wanted=wanted, kept=kept
        )
        page = ended(older)
        back[:0] = page.records
        cut = page.start
        if page.is_at_edge:
            break
    once(back, expected)
