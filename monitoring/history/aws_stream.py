"""A data stream in a client's account, read shard by shard within what is left of its read limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from monitoring.history.batches import Batch
from monitoring.history.position import Kind, Position, after_record
from monitoring.history.work import Work
from monitoring.readers.own_reading import note_age
from monitoring.records.read_turns import ReadTurns
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import RecordBatch, get_records
from portal.aws.session import AwsSession
from portal.aws.shards import shard_iterator

EXPIRED = "ExpiredIteratorException"
_USUAL_RECORD_SIZE = 4096.0  # until a shard's are known
_KINDS = {
    Kind.START: "TRIM_HORIZON",
    Kind.AT: "AT_SEQUENCE_NUMBER",
    Kind.AFTER: "AFTER_SEQUENCE_NUMBER",
    Kind.TIME: "AT_TIMESTAMP",
}


@dataclass(slots=True)
class AwsStream:
    """The stream, the session that reads it (renewed when it expires), and what this turn may use."""

    name: str
    session: Callable[[], AwsSession]
    turns: ReadTurns
    work: Work

    def open(self, shard_id: str, position: Position) -> AwsShard:
        """Return the shard to be read from a place; AWS is called by the first read."""
        return AwsShard(self, shard_id, position)


@dataclass(slots=True)
class AwsShard:
    """A shard while it is read. A throttled read is repeated in its turn; an expired iterator is replaced."""

    stream: AwsStream
    shard_id: str
    position: Position
    _iterator: str | None = None
    _record_size: float = _USUAL_RECORD_SIZE

    def read(self, limit: int) -> Batch:
        """Return the next records. Raises Stopped, and AwsFault but of throttling and an expired iterator."""
        while True:
            self._wait()
            try:
                return self._batch(self._read(limit))
            except AwsFault as fault:
                if fault.code == EXPIRED:
                    self._iterator = None
                elif fault.kind is FaultKind.THROTTLED:
                    self.stream.turns.note_throttled(self.shard_id)
                else:
                    raise

    def _wait(self) -> None:
        self.stream.work.check()
        while seconds := self.stream.turns.wait_for(self.shard_id):
            self.stream.work.wait(seconds)

    def _read(self, limit: int) -> RecordBatch:
        aws = self.stream.session().hurried()
        if self._iterator is None:
            place, is_time = self.position, self.position.kind is Kind.TIME
            self._iterator = shard_iterator(
                aws,
                self.stream.name,
                self.shard_id,
                kind=_KINDS[place.kind],
                sequence_number=None if is_time else place.sequence_number or None,
                timestamp=place.near if is_time else None,
            )
        most = self.stream.turns.most_records(limit, self._record_size)
        return get_records(aws, self._iterator, self.shard_id, limit=most)

    def _batch(self, found: RecordBatch) -> Batch:
        self._iterator = found.next_iterator
        if found.records:
            self.position = after_record(found.records[-1])
        size = sum(len(record.data) + len(record.partition_key) for record in found.records)
        if found.records:
            self._record_size = max(1.0, size / len(found.records))
        self.stream.work.count(size)
        self.stream.turns.note_bytes(self.shard_id, size)
        now, behind = timezone.now(), timedelta(milliseconds=found.millis_behind_latest)
        age = max(behind, now - found.records[-1].arrived_at) if found.records else behind
        note_age(self.stream.turns.uid, age.total_seconds(), now)  # so that it does not count as a late consumer
        return Batch(
            found.records,
            now - behind,
            is_newest=found.next_iterator is not None and not found.millis_behind_latest,
            is_end=found.next_iterator is None,
        )
