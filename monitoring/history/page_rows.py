"""The rows of a page: records that were found are decoded in a process of their own and stored as they come."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.history import kept_room, store
from monitoring.history.page_decoder import PageDecoder
from monitoring.history.search import Search
from monitoring.records.fair_selection import fairly_selected
from monitoring.records.field_paths import version_of
from monitoring.records.kept_records import KeptRecords
from monitoring.records.record_row import RecordRow, rows_of
from monitoring.records.record_views import RecordContents
from portal import live
from portal.aws.records import DataRecord

# One data record can have thousands of rows. Each has at least one, whatever the others have.
MOST_ROWS = 500


@dataclass(slots=True)
class PageRows:
    """Stores what is new on a page with each call. `unlisted` rows were too many. The decoder ends with `close`.

    `allowed` are the fields that the vendor's staff see.
    """

    name: str
    tenant: str
    is_backward: bool
    decoder: PageDecoder
    allowed: frozenset[str] = frozenset()
    search: Search | None = None
    unlisted: int = 0
    _stored: int = 0
    _rows: int = 0

    def store_new(self, records: Sequence[DataRecord]) -> None:
        """Store the records that were not on the page before, decoded; raises DecoderUnavailable, RedisError.

        `records` are all of this turn, oldest first.
        """
        count = len(records) - self._stored
        if not count:
            return
        new = records[:count] if self.is_backward else records[self._stored :]
        version, pairs = version_of(self.allowed), zip(new, self._contents(new), strict=True)
        rows = [
            row for record, content in pairs for row in rows_of(record, content, version, sent_size=self._size(record))
        ]
        listed = fairly_selected(rows, max(count, MOST_ROWS - self._rows))
        self._keep(listed)
        store.add_rows(self.name, listed, in_front=self.is_backward)
        self.unlisted += len(rows) - len(listed)
        self._stored, self._rows = len(records), self._rows + len(listed)

    def _keep(self, rows: Sequence[RecordRow]) -> None:
        # Each turn has a part of what a page may keep, so that all of them together keep no more.
        kept = KeptRecords(self.name, live.connect(), kept_room.room(self.name, self.tenant))
        kept.keep(rows, now=time.monotonic())
        kept_room.count(self.name, self.tenant, kept.size)

    def _contents(self, records: Sequence[DataRecord]) -> list[RecordContents]:
        if self.search is not None:
            return self.search.contents(records)
        return self.decoder.decode_all([(record.data, record.partition_key) for record in records], self.allowed)

    def _size(self, record: DataRecord) -> int:
        return self.search.size_of(record) if self.search is not None else len(record.data)

    def close(self) -> None:
        """End the decoder."""
        self.decoder.close()
