"""The tap of one stream: a reader for each shard, children after a reshard, and what the readers returned.

AWS is called in a few threads. The tap never waits for one, so that it can stop at once.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from redis.lock import Lock

from monitoring.records.record_row import RecordRow, rows_of
from monitoring.records.tap_status import TapStatus
from monitoring.tap.publisher import RecordPublisher
from monitoring.tap.shard_reader import USUAL_SECONDS, ShardReader
from monitoring.tap.source import ListedShard, NothingToRead, Source, open_source
from portal.aws.errors import AwsFault
from portal.aws.kinesis import DataRecord

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(seconds=60)
RETRY_SECONDS = 30.0
LIST_SHARDS_SECONDS = 60.0
_PUBLISH_SECONDS = 0.2  # between two events with records, when shards are not read at the same time


@dataclass(slots=True, eq=False)
class StreamTap:
    """All readers of one stream, and the records that they returned and no page has yet."""

    uid: str
    lock: Lock
    publisher: RecordPublisher
    pool: ThreadPoolExecutor
    open_source: Callable[[str], Source] = open_source
    last_watched_at: float = 0.0
    status: TapStatus = field(default_factory=TapStatus)
    _source: Source | None = None
    _readers: dict[str, ShardReader] = field(default_factory=dict)
    _finished: set[str] = field(default_factory=set)
    _listing: "Future[tuple[Source, list[ListedShard]]] | None" = None
    _reads: "dict[str, Future[tuple[DataRecord, ...]]]" = field(default_factory=dict)
    _list_at: float = 0.0
    _publish_at: float = 0.0
    _publish_not_before: float = 0.0
    _new_rows: list[RecordRow] = field(default_factory=list)

    def step(self, now: float) -> None:
        """Receive what threads returned, start the reads that are due, and publish.

        Publishes once a second, and records as soon as every started read has returned.
        """
        self._list_shards(now)
        for shard_id, reader in list(self._readers.items()):
            self._advance(shard_id, reader, now)
        has_news = bool(self._new_rows) and not self._reads and now >= self._publish_not_before
        if has_news or now >= self._publish_at:
            self._publish_at, self._publish_not_before = now + USUAL_SECONDS, now + _PUBLISH_SECONDS
            rows, self._new_rows = self._new_rows, []
            self.publisher.publish(rows, self.status, now)

    def pending(self) -> "list[Future[Any]]":
        """Return the calls to AWS whose results have not been received yet."""
        return [*([self._listing] if self._listing else []), *self._reads.values()]

    def _list_shards(self, now: float) -> None:
        if self._listing is None and now >= self._list_at:
            self._list_at = now + LIST_SHARDS_SECONDS
            self._listing = self.pool.submit(self.open_and_list)
        elif self._listing is not None and self._listing.done():
            listing, self._listing = self._listing, None
            try:
                self._source, shards = listing.result()
            except (AwsFault, NothingToRead) as error:
                self._fail(error, now)
            else:
                self._follow(self._source, shards, is_first=not self._readers and not self._finished)

    def open_and_list(self) -> tuple[Source, list[ListedShard]]:
        """Return the source with its shards; raises AwsFault, NothingToRead.

        Opened again with every list of shards, because the permission to read records can change at any time.
        """
        source = self.open_source(self.uid)
        return source, source.shards()

    def _follow(self, source: Source, shards: list[ListedShard], *, is_first: bool) -> None:
        for shard in shards:
            if self._is_known(shard.shard_id):
                continue
            is_child = not is_first and any(self._is_known(parent) for parent in shard.parents)
            if shard.is_open or is_child:
                since = None if is_child else timezone.now() - LOOK_BACK
                self._readers[shard.shard_id] = ShardReader(source.stream_name, shard.shard_id, since)
        self.status = TapStatus(shards=len(self._readers))

    def _is_known(self, shard_id: str) -> bool:
        return shard_id in self._readers or shard_id in self._finished

    def _advance(self, shard_id: str, reader: ShardReader, now: float) -> None:
        read = self._reads.get(shard_id)
        if read is None:
            if now >= reader.due_at and self._source is not None:
                reader.due_at = now + reader.interval
                self._reads[shard_id] = self.pool.submit(self._read, reader, self._source)
        elif read.done():
            del self._reads[shard_id]
            try:
                self._new_rows += [row for record in read.result() for row in rows_of(record)]
            except AwsFault as fault:
                self._fail(fault, now)
                return
            self._finish_read(shard_id, reader, now)

    def _read(self, reader: ShardReader, source: Source) -> tuple[DataRecord, ...]:
        return reader.read(source.session())

    def _finish_read(self, shard_id: str, reader: ShardReader, now: float) -> None:
        reader.due_at = max(reader.due_at, now + reader.interval - USUAL_SECONDS)
        if reader.is_finished:
            del self._readers[shard_id]
            self._finished.add(shard_id)
            self._list_at = 0.0  # find its children now
        slowest = max((each.interval for each in self._readers.values()), default=USUAL_SECONDS)
        self.status = TapStatus(shards=len(self._readers), interval_seconds=slowest)

    def _fail(self, error: AwsFault | NothingToRead, now: float) -> None:
        if isinstance(error, AwsFault):
            log.warning("tap.aws_error stream=%s fault=%s", self.uid, error.code)
        self.status = TapStatus(error=error.message)
        self._source = None
        self._readers.clear()
        self._finished.clear()
        self._list_at = now + RETRY_SECONDS
