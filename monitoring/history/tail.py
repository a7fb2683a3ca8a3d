"""The records of one shard before a place, the newest first: windows of time that are read forward. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitoring.history.batches import OpenShard, Source
from monitoring.history.position import START, Kind, Position, after_record, at_record, at_time
from portal.aws.records import DataRecord

FIRST_WINDOW = timedelta(seconds=30)
_GROWTH = 8
_SHORTEST = timedelta(milliseconds=1)
_RECORDS_A_READ = 1000


@dataclass(slots=True)
class _Window:
    """A window while it is read: its newest records, how many it had, and whether it begins with the shard."""

    opened: OpenShard
    begins_at: datetime
    is_whole: bool
    kept: deque[DataRecord]
    count: int = 0
    first: DataRecord | None = None


@dataclass(slots=True, eq=False)
class Tail:
    """A shard while it is read backward. `place` is where the page ends; what waits is in the order of the shard.

    `read_back_to`: every record that arrived since, and before the place, was found.
    """

    shard_id: str
    place: Position
    limit: int
    oldest: datetime
    now: datetime
    waiting: deque[DataRecord] = field(default_factory=deque)
    is_drained: bool = False
    read_back_to: datetime = field(init=False)
    start: Position = field(init=False)
    end: Position = field(init=False)
    _length: timedelta = FIRST_WINDOW
    _may_shorten: bool = True
    _window: _Window | None = None
    _bound: Position = field(init=False)

    def __post_init__(self) -> None:
        self.start = self.end = self._bound = self.place
        self.is_drained = self.place.kind is Kind.START
        self.read_back_to = min(self.now, self.place.near or self.now)

    @property
    def order(self) -> tuple[datetime, str]:
        """Return by what shards are merged."""
        return self.waiting[-1].arrived_at, self.shard_id

    @property
    def can_be_read(self) -> bool:
        """Return whether nothing waits and older records may exist."""
        return not self.waiting and not self.is_drained

    def next(self) -> DataRecord:
        """Remove and return the newest record that waits."""
        record = self.waiting.pop()
        self.start = START if self.is_drained and not self.waiting else at_record(record)
        return record

    def read(self, source: Source) -> None:
        """Read one batch of the window; raises Stopped and AwsFault."""
        window = self._window = self._window or self._opened(source)
        batch = window.opened.read(_RECORDS_A_READ)
        for record in batch.records:
            if not self._bound.is_after(record):
                self._complete(window, stopped_at=record)
                return
            window.first = window.first or record
            window.kept.append(record)
            window.count += 1
        if batch.is_newest or batch.is_end:
            self._complete(window)
        elif self._may_shorten and window.count > max(_RECORDS_A_READ, 4 * self.limit):
            self._shorten(window)

    def _opened(self, source: Source) -> _Window:
        begins_at = self.read_back_to - self._length
        is_whole = begins_at <= self.oldest
        opened = source.open(self.shard_id, START if is_whole else at_time(begins_at))
        return _Window(opened, max(begins_at, self.oldest), is_whole, deque(maxlen=self.limit))

    def _complete(self, window: _Window, stopped_at: DataRecord | None = None) -> None:
        self._window, self._may_shorten = None, True
        self.is_drained = window.is_whole and window.count <= self.limit
        if self._bound.kind is Kind.TIME:
            self._resolve_end(window, stopped_at)
        if window.kept:
            self.waiting = window.kept
            self._bound, self.read_back_to = at_record(window.kept[0]), window.kept[0].arrived_at
            self._length *= 2 if window.count < self.limit else 1
        else:
            self.read_back_to = min(self.read_back_to, window.begins_at)
            self._length *= _GROWTH
            self.start = START if self.is_drained else self._found_none()

    def _resolve_end(self, window: _Window, stopped_at: DataRecord | None) -> None:
        """Name the place where the page ends by a record, or by a time before which and the place nothing arrived."""
        if window.kept:
            self.end = after_record(window.kept[-1])
        elif stopped_at is not None:
            self.end = at_record(stopped_at)
        else:
            self.end = START if self.is_drained else at_time(window.begins_at)
        if not window.kept:
            self.start = self._bound = self.end

    def _found_none(self) -> Position:
        near = self.read_back_to
        return (
            at_time(near)
            if self.start.kind is Kind.TIME
            else Position(self.start.kind, self.start.sequence_number, near)
        )

    def _shorten(self, window: _Window) -> None:
        """Begin later: the window has many more records than the page needs."""
        first, last = window.first, window.kept[-1]
        self._window = None
        reached = last.arrived_at - first.arrived_at if first else timedelta()
        length = min(self._length, self.read_back_to - (first.arrived_at if first else window.begins_at)) / 2
        self._length = max(_SHORTEST, min(length, reached * (2 * self.limit / window.count)))
        self._may_shorten = self._length > _SHORTEST
