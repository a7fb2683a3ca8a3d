"""The records of a stream that were decoded last, so that a new filter is applied to them at once. Pure: no clock."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.aws.records import DataRecord

MOST_RECORDS = 2_000
MOST_BYTES = 2 * 1024 * 1024
KEPT_SECONDS = 120.0


@dataclass(slots=True)
class RecentRecords:
    """The newest records of one stream, for two minutes: at most 2,000, and 2 MiB."""

    _records: deque[tuple[float, DataRecord]] = field(default_factory=deque)
    _bytes: int = 0

    def add(self, records: Sequence[DataRecord], now: float) -> None:
        """Add records that were decoded; the oldest leave."""
        self._records.extend((now, record) for record in records)
        self._bytes += sum(len(record.data) for record in records)
        while len(self._records) > MOST_RECORDS or self._bytes > MOST_BYTES:
            self._drop()

    def at(self, now: float) -> list[DataRecord]:
        """Return those that are not too old, oldest first, and drop the others."""
        while self._records and now - self._records[0][0] > KEPT_SECONDS:
            self._drop()
        return [record for _, record in self._records]

    def drop_old(self, now: float) -> None:
        """Drop what is older than two minutes; costs nothing while there is none."""
        if self._records and now - self._records[0][0] > KEPT_SECONDS:
            self.at(now)

    def _drop(self) -> None:
        _, record = self._records.popleft()
        self._bytes -= len(record.data)
