"""The filter of a page: what was read is decoded at once, and only what the filter finds is on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from monitoring.history.batches import Batch, OpenShard, Source, Stopped
from monitoring.history.page_decoder import PageDecoder
from monitoring.history.position import Position
from monitoring.history.work import Work
from monitoring.records.record_views import RAW_BYTES, RecordContents
from portal.aws.records import DataRecord

# Of a page without a filter only what is shown is read; here most of what is read is not shown.
_RECORDS_A_READ, _LEAST_RECORDS_A_READ = 5_000, 100
_RECORDS_A_SLICE = 250
# What waits to be merged, of all shards; and of what was found, so many bytes, beyond which the start of each is kept.
_WAITING_RECORDS = 10_000
MOST_FOUND_BYTES = 32 * 1024 * 1024
# What is kept of records inside records, of which a page shows 500 at most: of one, and of all that a turn reads.
_ROWS_OF_RECORD, _ROWS = 500, 20_000
_Place = tuple[str, str]


@dataclass(slots=True)
class Search:
    """Decodes what a stream returns.

    `searched` counts the data records that were decided, each once, also where windows of time overlap; `unsearched`
    are those of them that a decoder refused, or a part of what is inside. `allowed` are the fields that staff see.
    """

    wanted: str
    work: Work
    decoder: PageDecoder
    allowed: frozenset[str] = frozenset()
    searched: int = 0
    unsearched: int = 0
    records_a_read: int = _RECORDS_A_READ
    _found: dict[_Place, RecordContents] = field(default_factory=dict)
    _sizes: dict[_Place, int] = field(default_factory=dict)
    _refused: set[_Place] = field(default_factory=set)
    _rows: int = 0
    _bytes_left: int = MOST_FOUND_BYTES

    def within(self, source: Source, shards: int) -> Source:
        """Return the source of so many shards with every record decoded that is read from it."""
        self.records_a_read = max(_LEAST_RECORDS_A_READ, min(_RECORDS_A_READ, _WAITING_RECORDS // max(1, shards)))
        return _SearchedStream(source, self)

    def held(self, record: DataRecord) -> DataRecord:
        """Return what is held of a record that was searched: nothing of its data but what is shown of it."""
        place = _place(record)
        if place not in self._found:
            return replace(record, data=b"")
        if place not in self._sizes and len(record.data) <= self._bytes_left:
            self._bytes_left -= len(record.data)
            self._sizes[place] = len(record.data)
            return record
        self._sizes[place] = len(record.data)
        return replace(record, data=record.data[:RAW_BYTES])

    def size_of(self, record: DataRecord) -> int:
        """Return how many bytes a record has in the stream that was found."""
        return self._sizes.get(_place(record), len(record.data))

    def finds(self, record: DataRecord) -> bool:
        """Decide, once, whether the filter finds something in a record that was read."""
        self.searched += 1
        self.unsearched += _place(record) in self._refused
        return _place(record) in self._found

    def contents(self, records: Sequence[DataRecord]) -> list[RecordContents]:
        """Return what the filter found in each of the records."""
        return [self._found[_place(record)] for record in records]

    def note(self, records: Sequence[DataRecord]) -> int:
        """Decode the records in turn until the work ends; return how many were decoded. Raises DecoderUnavailable."""
        done = 0
        while done < len(records):
            try:
                self.work.check()
            except Stopped:
                break
            part = records[done : done + _RECORDS_A_SLICE]
            pairs = [(record.data, record.partition_key) for record in part]
            found = self.decoder.decode(pairs, self.allowed, wanted=self.wanted)
            for record, contents in zip(part, found, strict=False):
                self._keep(record, contents)
            done += len(found)
        return done

    def _keep(self, record: DataRecord, contents: RecordContents) -> None:
        listed = tuple(content for content in contents.listed if content.refusal is None)
        if len(listed) < len(contents.listed):
            self._refused.add(_place(record))
        if listed:
            most = _ROWS_OF_RECORD if self._rows < _ROWS else 1
            kept = replace(contents, listed=listed).limited(most)
            self._found[_place(record)] = self._without_too_much(kept)
            self._rows += len(kept.listed)

    def _without_too_much(self, contents: RecordContents) -> RecordContents:
        size = sum(len(content.whole or "") for content in contents.listed)
        if size <= self._bytes_left:
            self._bytes_left -= size
            return contents
        return replace(contents, listed=tuple(replace(content, whole=None) for content in contents.listed))


@dataclass(slots=True)
class _SearchedStream:
    source: Source
    search: Search

    def open(self, shard_id: str, position: Position) -> OpenShard:
        return _SearchedShard(self.source.open(shard_id, position), self.search)


@dataclass(slots=True)
class _SearchedShard:
    shard: OpenShard
    search: Search
    _is_cut: bool = False

    def read(self, limit: int) -> Batch:
        """Return a batch of which every record was searched: a part of what was read, where the work ended before.

        After that the shard must be opened again: the next read would begin behind what was not searched.
        """
        if self._is_cut:
            raise Stopped
        batch = self.shard.read(self.search.records_a_read)
        done = self.search.note(batch.records)
        searched = tuple(map(self.search.held, batch.records[:done]))
        if done == len(batch.records):
            return replace(batch, records=searched)
        self._is_cut = True
        if not done:
            raise Stopped
        return Batch(searched, searched[-1].arrived_at)


def _place(record: DataRecord) -> _Place:
    return record.shard_id, record.sequence_number
