"""One reader of one shard: where it stands, how often it may ask, and how it goes on after a refusal."""

from dataclasses import dataclass
from datetime import datetime

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kinesis import DataRecord, get_records, shard_iterator
from portal.aws.session import AwsSession

USUAL_SECONDS = 1.0
SLOWEST_SECONDS = 16.0
RECOVERY = 0.9
RECORDS_A_READ = 500
EXPIRED = "ExpiredIteratorException"


@dataclass(slots=True)
class ShardReader:
    """Reads a shard once a second at most; used by one thread at a time.

    `since` is where it begins: a moment (AT_TIMESTAMP), or None for the shard's first record (a child after a reshard).
    """

    stream_name: str
    shard_id: str
    since: datetime | None
    interval: float = USUAL_SECONDS
    due_at: float = 0.0
    is_finished: bool = False
    _iterator: str | None = None
    _last: str | None = None

    def read(self, aws: AwsSession) -> tuple[DataRecord, ...]:
        """Return the next records. Throttling and an iterator that expired are met here; other AwsFaults are raised."""
        try:
            if self._iterator is None:
                self._iterator = self._begin(aws)
            batch = get_records(aws, self._iterator, self.shard_id, limit=RECORDS_A_READ)
        except AwsFault as fault:
            self._meet(fault)
            return ()
        self._iterator = batch.next_iterator
        self.is_finished = batch.next_iterator is None
        self.interval = max(USUAL_SECONDS, self.interval * RECOVERY)
        if batch.records:
            self._last = batch.records[-1].sequence_number
        return batch.records

    def _begin(self, aws: AwsSession) -> str:
        if self._last is not None:
            return shard_iterator(
                aws, self.stream_name, self.shard_id, kind="AFTER_SEQUENCE_NUMBER", sequence_number=self._last
            )
        if self.since is None:
            return shard_iterator(aws, self.stream_name, self.shard_id, kind="TRIM_HORIZON")
        return shard_iterator(aws, self.stream_name, self.shard_id, kind="AT_TIMESTAMP", timestamp=self.since)

    def _meet(self, fault: AwsFault) -> None:
        if fault.code == EXPIRED:
            self._iterator = None
        elif fault.kind is FaultKind.THROTTLED:
            self.interval = min(SLOWEST_SECONDS, self.interval * 2)
        else:
            raise fault
