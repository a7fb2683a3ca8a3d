"""The filter of a page: what was read is decoded at once, and only what the filter finds is on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from monitoring.history.batches import Batch, OpenShard, Source, Stopped
from monitoring.history.position import Position
from monitoring.history.work import Work
from monitoring.records.bounded_decoder import BoundedDecoder
from monitoring.records.record_views import RecordContents
from portal.aws.records import DataRecord

# Of a page without a filter only what is shown is read; here most of what is read is not shown.
RECORDS_A_READ = 5_000
_RECORDS_A_SLICE = 250
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
    decoder: BoundedDecoder
    allowed: frozenset[str] = frozenset()
    searched: int = 0
    unsearched: int = 0
    _found: dict[_Place, RecordContents] = field(default_factory=dict)
    _refused: set[_Place] = field(default_factory=set)
    _rows: int = 0

    def within(self, source: Source) -> Source:
        """Return the source with every record decoded that is read from it."""
        return _SearchedStream(source, self)

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
            kept = self._found[_place(record)] = replace(contents, listed=listed).limited(most)
            self._rows += len(kept.listed)


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
        batch = self.shard.read(RECORDS_A_READ)
        done = self.search.note(batch.records)
        if done == len(batch.records):
            return batch
        self._is_cut = True
        if not done:
            raise Stopped
        searched = batch.records[:done]
        return Batch(searched, searched[-1].arrived_at)


def _place(record: DataRecord) -> _Place:
    return record.shard_id, record.sequence_number
