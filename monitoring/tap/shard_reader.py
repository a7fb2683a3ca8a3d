"""A reader of one shard: its position, how often it may poll, and how it continues after an error."""

from dataclasses import dataclass
from datetime import datetime

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import DataRecord, get_records
from portal.aws.session import AwsSession
from portal.aws.shards import shard_iterator
from portal.messages.message import Message

USUAL_SECONDS = 1.0
SLOWEST_SECONDS = 16.0
RECOVERY = 0.9
RECORDS_PER_READ = 2000  # twice what a shard accepts in a second, so that a reader can catch up
FIRST_RETRY_SECONDS = 2.0
LAST_RETRY_SECONDS = 30.0
EXPIRED = "ExpiredIteratorException"


@dataclass(slots=True)
class ShardReader:
    """Reads a shard at most once a second; used by one thread at a time.

    `since` is where it starts: a time (AT_TIMESTAMP), or None for the shard's first record (a child after a reshard).
    `error` is set while reading this shard fails; other shards continue. `behind_seconds` is how old the newest record
    read is, as Kinesis reports it.
    """

    stream_name: str
    shard_id: str
    since: datetime | None
    interval: float = USUAL_SECONDS
    due_at: float = 0.0
    is_finished: bool = False
    error: Message | None = None
    behind_seconds: float = 0.0
    _retry_seconds: float = FIRST_RETRY_SECONDS
    _iterator: str | None = None
    _last_sequence_number: str | None = None

    def read(self, aws: AwsSession) -> tuple[DataRecord, ...]:
        """Return the next records; none after throttling or an expired iterator. Raises every other AwsFault."""
        try:
            if self._iterator is None:
                self._iterator = self._new_iterator(aws)
            batch = get_records(aws, self._iterator, self.shard_id, limit=RECORDS_PER_READ)
        except AwsFault as fault:
            self._recover(fault)
            return ()
        self._iterator = batch.next_iterator
        self.is_finished = batch.next_iterator is None
        self.behind_seconds = batch.millis_behind_latest / 1000
        self.interval = max(USUAL_SECONDS, self.interval * RECOVERY)
        if batch.records:
            self._last_sequence_number = batch.records[-1].sequence_number
        return batch.records

    def back_off(self, error: Message, now: float) -> None:
        """Read this shard again after 2 s, and after twice as long each time that it fails again, up to 30 s."""
        self.error = error
        self.due_at = now + self._retry_seconds
        self._retry_seconds = min(LAST_RETRY_SECONDS, 2 * self._retry_seconds)

    def succeeded(self) -> None:
        """Note that the last read returned."""
        self.error = None
        self._retry_seconds = FIRST_RETRY_SECONDS

    def _new_iterator(self, aws: AwsSession) -> str:
        stream, shard = self.stream_name, self.shard_id
        if self._last_sequence_number is not None:
            last = self._last_sequence_number
            return shard_iterator(aws, stream, shard, kind="AFTER_SEQUENCE_NUMBER", sequence_number=last)
        if self.since is None:
            return shard_iterator(aws, stream, shard, kind="TRIM_HORIZON")
        return shard_iterator(aws, stream, shard, kind="AT_TIMESTAMP", timestamp=self.since)

    def _recover(self, fault: AwsFault) -> None:
        if fault.code == EXPIRED:
            self._iterator = None
        elif fault.kind is FaultKind.THROTTLED:
            self.interval = min(SLOWEST_SECONDS, self.interval * 2)
        else:
            raise fault
