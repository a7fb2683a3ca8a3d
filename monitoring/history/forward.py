"""A page of records read forward: the shards of a stream merged by arrival, children after their parents. Pure.

A record is on the page once no shard can have an earlier one. Whatever the times of arrival are, each shard is read in
the order of sequence numbers from one place to another, so that pages neither repeat nor miss a record.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitoring.history.batches import OpenShard, Source, parents_of
from monitoring.history.found_page import FoundPage
from monitoring.history.position import START, Cut, Kind, Position, after_record, at_record
from portal.aws.records import DataRecord
from portal.aws.shards import Shard

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# How far AWS's time of reading is trusted: a record cannot be as much out of order within its shard.
_MARGIN = timedelta(seconds=60)
Wanted = Callable[[DataRecord], bool]


def every_record(_record: DataRecord) -> bool:
    """Want every record."""
    return True


@dataclass(slots=True, eq=False)
class _Head:
    """A shard while it is read: the records that wait, and until when nothing else can have arrived."""

    shard_id: str
    start: Position
    position: Position
    opened: OpenShard | None = None
    waiting: deque[DataRecord] = field(default_factory=deque)
    read_up_to: datetime = _BEGINNING
    is_newest: bool = False
    is_end: bool = False

    @property
    def order(self) -> tuple[datetime, str]:
        return self.waiting[0].arrived_at, self.shard_id

    @property
    def can_be_read(self) -> bool:
        return not (self.waiting or self.is_newest or self.is_end)

    @property
    def is_finished(self) -> bool:
        return self.is_end and not self.waiting

    def read(self, source: Source, limit: int) -> None:
        if self.opened is None:
            self.opened = source.open(self.shard_id, self.position)
        batch = self.opened.read(limit)
        if batch.records:
            first = batch.records[0]
            if self.start.kind is Kind.TIME:
                self.start = self.position = at_record(first)
            self.start = self.start.around(first.arrived_at)
        self.waiting.extend(batch.records)
        self.read_up_to, self.is_newest, self.is_end = batch.read_up_to, batch.is_newest, batch.is_end
        self.note_end()

    def next(self) -> DataRecord:
        record = self.waiting.popleft()
        self.position, self.read_up_to = after_record(record), record.arrived_at
        self.note_end()
        return record

    @property
    def end(self) -> Position:
        """Return where the next page begins: later than the last record, where nothing arrived for long."""
        passed, near = self.read_up_to - _MARGIN if self.can_be_read and self.opened else _BEGINNING, self.position.near
        return self.position.passing(passed) if passed > (near or _BEGINNING) else self.position

    def note_end(self) -> None:
        if self.is_finished and not self.position.is_finished:
            was_empty = self.position.kind is Kind.TIME and not self.position.sequence_number
            self.position = Position(Kind.PAST if was_empty else Kind.END, near=self.position.near)
            self.start = self.position if was_empty else self.start


class ForwardPage:
    """Reads a page after `cut`, a batch with each step. `wanted` decides which records are on it."""

    def __init__(
        self, shards: Iterable[Shard], cut: Cut, source: Source, *, limit: int, wanted: Wanted = every_record
    ) -> None:
        self._shards = sorted(shards, key=lambda shard: shard.shard_id)
        self._ids = {shard.shard_id for shard in self._shards}
        self._cut, self._source, self._limit, self._wanted = cut, source, limit, wanted
        self._heads: dict[str, _Head] = {}
        self._is_at_edge = False
        self.records: list[DataRecord] = []

    def step(self) -> bool:
        """Read one batch; return False when the page is complete. Raises Stopped and AwsFault."""
        head = self._merged()
        if head is not None:
            head.read(self._source, self._limit)
            head = self._merged()
        return head is not None

    def page(self) -> FoundPage:
        """Return what was found so far: exact after any step."""
        starts = {head.shard_id: head.start for head in self._heads.values()}
        ends = {head.shard_id: head.end for head in self._heads.values()}
        passed = {shard: place for shard, place in self._cut.positions.items() if shard not in self._heads}
        return FoundPage(
            tuple(self.records),
            Cut(self._cut.origin, passed | starts),
            Cut(self._cut.origin, passed | ends),
            self._is_at_edge,
        )

    @property
    def read_up_to(self) -> datetime | None:
        """Return the time up to which all shards were read, None before the first batch."""
        heads = [head.read_up_to for head in self._heads.values() if not (head.is_finished or head.is_newest)]
        return None if not heads or min(heads) == _BEGINNING else min(heads)

    def _merged(self) -> _Head | None:
        """Move records to the page as long as their order is certain; return the shard to read next."""
        while len(self.records) < self._limit:
            self._begin_children()
            heads = self._heads.values()
            first = min((head for head in heads if head.waiting), key=lambda head: head.order, default=None)
            earlier = [
                head
                for head in heads
                if head.can_be_read and (first is None or head.read_up_to <= first.waiting[0].arrived_at)
            ]
            if earlier:
                return min(earlier, key=lambda head: (head.read_up_to, head.shard_id))
            if first is None:
                self._is_at_edge = True
                return None
            record = first.next()
            if self._wanted(record):
                self.records.append(record)
        return None

    def _begin_children(self) -> None:
        for shard in self._shards:  # parents have lower IDs than their children
            if shard.shard_id not in self._heads and (begin := self._begin(shard)) is not None:
                head = _Head(shard.shard_id, begin, begin, is_end=begin.is_finished)
                self._heads[shard.shard_id] = head

    def _begin(self, shard: Shard) -> Position | None:
        if (given := self._cut.positions.get(shard.shard_id)) is not None:
            return given
        parents = parents_of(shard)
        listed = [parent for parent in parents if parent in self._ids]
        if any(parent not in self._heads or not self._heads[parent].is_finished for parent in listed):
            return None
        return first_place(self._cut, [self._place(parent) for parent in parents])

    def _place(self, shard_id: str) -> Position | None:
        head = self._heads.get(shard_id)
        return head.position if head else self._cut.positions.get(shard_id)


def first_place(cut: Cut, parents: Sequence[Position | None]) -> Position:
    """Return where a shard begins whose parents, at these places, are finished or not listed any more."""
    known = [place for place in parents if place is not None]
    # A parent with a record since the origin is before every record of its child, whatever their times say.
    return START if any(place.kind is not Kind.PAST for place in known) else cut.origin
