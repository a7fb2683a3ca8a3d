"""A reader of one shard: its position, how often it may call, and how it continues after an error."""

from dataclasses import dataclass, field
from datetime import datetime

from monitoring.tap.read_budget import ReadBudget
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import MOST_RECORDS_READ, DataRecord, get_records
from portal.aws.session import AwsSession
from portal.aws.shards import shard_iterator
from portal.messages.message import Message

USUAL_SECONDS = 1.0
FIRST_RETRY_SECONDS = 2.0
LAST_RETRY_SECONDS = 30.0
EXPIRED = "ExpiredIteratorException"
_PASSING = {FaultKind.UNREACHABLE, FaultKind.INTERNAL}


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading begins in a shard, by AWS's names; without any, at its oldest record.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
    """

    kind: str = "TRIM_HORIZON"
    sequence_number: str | None = None
    timestamp: datetime | None = None

    @classmethod
    def at_time(cls, moment: datetime) -> "Position":
        """Return the position of the first record that arrived at a moment or later."""
        return cls("AT_TIMESTAMP", timestamp=moment)

    @classmethod
    def after(cls, sequence_number: str) -> "Position":
        """Return the position behind a record."""
        return cls("AFTER_SEQUENCE_NUMBER", sequence_number=sequence_number)

    def iterator(self, aws: AwsSession, stream_name: str, shard_id: str) -> str:
        """Return an iterator at this position, valid for five minutes; raises AwsFault."""
        return shard_iterator(
            aws,
            stream_name,
            shard_id,
            kind=self.kind,
            sequence_number=self.sequence_number,
            timestamp=self.timestamp,
        )


LATEST = Position("LATEST")


@dataclass(slots=True)
class ShardReader:
    """Reads a shard from a position on, within its budget; used by one thread at a time.

    `error` is set while reading this shard fails; other shards continue. `behind_seconds` is how far the last read was
    behind the newest record, as Kinesis reports it; `newest` is the last record read.
    """

    stream_name: str
    shard_id: str
    start: Position = Position()
    budget: ReadBudget = field(default_factory=ReadBudget)
    due_at: float = 0.0
    is_finished: bool = False
    error: Message | None = None
    behind_seconds: float = 0.0
    newest: DataRecord | None = None
    has_answer: bool = False
    _read_bytes: int = 0
    _has_failed: bool = False
    _retry_seconds: float = FIRST_RETRY_SECONDS
    _iterator: str | None = None

    @property
    def position(self) -> Position:
        """Return where reading continues with a new iterator."""
        return Position.after(self.newest.sequence_number) if self.newest else self.start

    def read(self, aws: AwsSession) -> tuple[DataRecord, ...]:
        """Return the next records, as many as AWS returns at once: up to 10,000, or 10 MiB.

        None after throttling, an expired iterator, or the first time that AWS does not answer; `has_answer` is then not
        set. Raises every other AwsFault.
        """
        self.has_answer, self._read_bytes = False, 0
        try:
            if self._iterator is None:
                self._iterator = self.position.iterator(aws, self.stream_name, self.shard_id)
            batch = get_records(aws, self._iterator, self.shard_id, limit=MOST_RECORDS_READ)
        except AwsFault as fault:
            self._recover(fault)
            return ()
        self._iterator = batch.next_iterator
        self.is_finished = batch.next_iterator is None
        self.behind_seconds = batch.millis_behind_latest / 1000
        self._read_bytes = sum(len(record.data) for record in batch.records)
        self.budget.note_read(self.behind_seconds)
        self.has_answer, self._has_failed = True, False
        if batch.records:
            self.newest = batch.records[-1]
        return batch.records

    def skip_to_latest(self) -> None:
        """Continue with the records that arrive from now on."""
        self._iterator, self.newest, self.start = None, None, LATEST

    def schedule(self, started_at: float, now: float) -> None:
        """Set when the next read is due, after one that began at a moment and has returned now."""
        pause = self.budget.pause_after(self._read_bytes)
        # AWS counts the bytes of an answer from its end; calls are counted from their beginning.
        self.due_at = max(started_at + self.budget.interval, now + pause if pause > self.budget.interval else 0.0)

    def back_off(self, error: Message, now: float) -> None:
        """Read this shard again after 2 s, and after twice as long each time that it fails again, up to 30 s."""
        self.error = error
        self.due_at = now + self._retry_seconds
        self._retry_seconds = min(LAST_RETRY_SECONDS, 2 * self._retry_seconds)

    def succeeded(self) -> None:
        """Note that the last read returned."""
        self.error = None
        self._retry_seconds = FIRST_RETRY_SECONDS

    def _recover(self, fault: AwsFault) -> None:
        if fault.code == EXPIRED:
            self._iterator = None
        elif fault.kind is FaultKind.THROTTLED:
            self.budget.note_throttled()
        elif fault.kind in _PASSING and not self._has_failed:
            self._has_failed = True  # one lost connection is nothing to show: the next read is due in a second
        else:
            raise fault
