"""The tap of one stream: a reader for each shard, children after a reshard, and what the readers returned.

AWS is called in a few threads, and records are decoded in processes of their own. The tap never waits for either, so
that it can stop at once, and one stream never holds up another.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import Error as DatabaseError
from django.utils import timezone
from redis.lock import Lock

from monitoring.readers.own_reading import note_age
from monitoring.records import refused_records
from monitoring.records.read_counts import ReadCounts, Skip
from monitoring.records.read_turns import ReadTurns
from monitoring.records.record_contents import refused_contents
from monitoring.records.record_row import RecordRow, rows_of
from monitoring.records.tap_status import TapStatus
from monitoring.tap.access_watch import AccessWatch
from monitoring.tap.decoder_pool import DecoderPool
from monitoring.tap.field_news import FieldNews
from monitoring.tap.hot_key_news import HotKeyNews
from monitoring.tap.publisher import RecordPublisher
from monitoring.tap.schema_reader import SchemaReader
from monitoring.tap.selected_records import SelectedRecords
from monitoring.tap.shard_lag import ShardLag
from monitoring.tap.shard_reader import USUAL_SECONDS, Position, ShardReader
from monitoring.tap.shared_reads import SharedReads, with_history
from monitoring.tap.source import ListedShard, NothingToRead, Source, open_source
from portal.aws.errors import AwsFault
from portal.aws.records import DataRecord
from portal.messages.message import Message

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(seconds=60)
RETRY_SECONDS = 30.0
LIST_SHARDS_SECONDS = 60.0
LIST_AGAIN_SECONDS = 5.0
LISTING_VALID_SECONDS = 180.0
MOST_CALLS = 12
MOST_CALLS_WHILE_FAILING = 2
BEHIND_SECONDS = 10.0
BEHIND_FOR_SECONDS = 30.0
_PUBLISH_SECONDS = 0.2  # between two events with records, when shards are not read at the same time


@dataclass(slots=True, eq=False)
class StreamTap:
    """All readers of one stream, and the records that they returned and no page has yet."""

    uid: str
    lock: Lock
    publisher: RecordPublisher
    pool: ThreadPoolExecutor
    decoders: DecoderPool
    open_source: Callable[[str], Source] = open_source
    schema_pool: ThreadPoolExecutor | None = None
    last_watched_at: float = 0.0
    counts: ReadCounts = field(default_factory=lambda: ReadCounts(timezone.now()))
    failure: Message | None = None
    behind_seconds: float = 0.0
    keys: HotKeyNews = field(init=False)
    fields: FieldNews = field(init=False)
    selected: SelectedRecords = field(init=False)
    _source: Source | None = None
    _readers: dict[str, ShardReader] = field(default_factory=dict)
    _lags: dict[str, ShardLag] = field(default_factory=dict)
    _skipping: dict[str, Skip] = field(default_factory=dict)
    _left: dict[str, Position] = field(default_factory=dict)
    _left_at: datetime | None = None
    _finished: set[str] = field(default_factory=set)
    _listing: "Future[tuple[Source, list[ListedShard]]] | None" = None
    _reads: "dict[str, Future[tuple[DataRecord, ...]]]" = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)
    _list_at: float = 0.0
    _listed_at: float = 0.0
    _publish_at: float = 0.0
    _publish_not_before: float = 0.0
    _in_time_at: float | None = None
    _now: float = 0.0
    _own_age: float | None = None
    _new_rows: list[RecordRow] = field(default_factory=list)
    _refused: set[str] = field(default_factory=set)
    _schemas: SchemaReader = field(init=False)
    _shared: SharedReads = field(init=False)
    _access: AccessWatch = field(init=False)

    def __post_init__(self) -> None:
        self.keys = HotKeyNews(self.uid)
        self.fields = FieldNews(self.uid, self.pool, self.publisher.buffer.redis)
        self.selected = SelectedRecords(self.uid, self.publisher.buffer.redis, self.decoders, self.publisher.kept)
        self._access = AccessWatch(self.publisher.buffer.redis)
        self._shared = SharedReads(ReadTurns(self.uid, self.publisher.buffer.redis))
        pool = self.schema_pool or self.pool
        self._schemas = SchemaReader(self.uid, pool, self.decoders, self.publisher.buffer.redis)

    def step(self, now: float) -> None:
        """Receive what threads and decoders returned, start the reads that are due, and publish.

        Publishes once a second, and records as soon as every started read has returned and is decoded.
        """
        self._now = now
        if self._source is not None and self._access.has_changed(self._source.owner, now):
            self._list_at = now  # opens the stream again, with the fields that are allowed now
        self._list_shards(now)
        self._shared.apply(self._readers, now)
        for shard_id, reader in sorted(self._readers.items(), key=lambda item: item[1].due_at):
            self._advance(shard_id, reader, now)
        self.selected.apply(self._source)
        self._receive_decoded()
        self._measure_lateness(now)
        is_complete = not self._reads and not self.decoders.waiting(self.uid)
        has_news = bool(self._new_rows) and is_complete and now >= self._publish_not_before
        if has_news or now >= self._publish_at:
            self._publish_at, self._publish_not_before = now + USUAL_SECONDS, now + _PUBLISH_SECONDS
            rows, self._new_rows = self._new_rows, []
            if self._own_age is not None:
                note_age(self.uid, self._own_age, timezone.now())
                self._own_age = None
            topics = self.selected.topics
            unfiltered = self.selected.unfiltered_topics
            newest = self.publisher.publish(rows, self.status, self.counts, now, selected=topics, unfiltered=unfiltered)
            self.selected.publish_all(newest, self.counts, now)
            self.selected.publish(self._source, now)
            self.keys.publish(now, selected=topics)
            self.fields.step(now)

    @property
    def status(self) -> TapStatus:
        """Return what the page shows of this tap."""
        readers = list(self._readers.values())
        failing = [reader.error for reader in readers if reader.error]
        if self.failure or (failing and len(failing) == len(readers)):
            return TapStatus(error=self.failure or failing[0])
        intervals = [reader.budget.interval for reader in readers] or [USUAL_SECONDS]
        lag, lag_shard = self._lag()
        return TapStatus(
            shards=len(readers),
            interval_seconds=max(intervals),
            shortest_seconds=min(intervals) if min(intervals) < max(intervals) else None,
            lag_seconds=lag,
            lag_shard=lag_shard,
            failing_shards=len(failing),
            failing_reason=failing[0] if failing else None,
            behind_seconds=round(self.behind_seconds),
            schema_problem=self._schemas.problem(self._now),
            **with_history([reader.budget for reader in readers]),
        )

    @property
    def is_late(self) -> bool:
        """Return whether records are read late although Kinesis does not throttle the reads."""
        return bool(self.behind_seconds) and not self.status.is_slowed

    @property
    def shard_count(self) -> int:
        """Return how many shards this tap reads."""
        return len(self._readers)

    def pending(self) -> "list[Future[Any]]":
        """Return the calls to AWS whose results have not been received yet."""
        return [
            *([self._listing] if self._listing else []),
            *self._reads.values(),
            *self._schemas.pending(),
            *self.fields.pending(),
        ]

    def fail(self, error: Message, now: float) -> None:
        """Stop reading, show the error, and start again after 30 s where reading stopped."""
        if self._readers:
            self._left_at = timezone.now()
            self._left = {shard_id: reader.position for shard_id, reader in self._readers.items() if reader.newest}
        self.failure = error
        self._source = None
        self._readers.clear()
        self._lags.clear()
        self._skipping.clear()
        self._finished.clear()
        self._reads.clear()
        self.decoders.forget(self.uid)
        self.keys.forget()
        self.fields.forget()
        self.selected.forget()
        self._schemas.forget()
        self._list_at = now + RETRY_SECONDS
        self._publish_at = now

    def _list_shards(self, now: float) -> None:
        if self._listing is None and now >= self._list_at:
            self._list_at = now + LIST_SHARDS_SECONDS
            # At first also the shards that were closed within the last minute, which is shown of them too.
            since = None if self._readers or self._finished else self._start()
            self._listing = self.pool.submit(self.open_and_list, since)
        elif self._listing is not None and self._listing.done():
            listing, self._listing = self._listing, None
            try:
                source, shards = listing.result()
            except Exception as error:  # whatever it is, it must cost this stream only
                self._listing_failed(error, now)
            else:
                self._listed_at, self._source, self.failure = now, source, None
                self._show_to_staff(source.allowed)
                self._follow(source, shards, is_first=not self._readers and not self._finished)
        elif self._listing is not None and self._readers and now - self._listed_at > LISTING_VALID_SECONDS:
            self.fail(Message("tap.database_unavailable"), now)  # the answer may never come

    def open_and_list(self, since: datetime | None = None) -> tuple[Source, list[ListedShard]]:
        """Return the source with its shards, or those that are open or were since then; raises AwsFault, NothingToRead.

        Opened again with every list of shards, because the permission to read records can change at any time.
        """
        source = self.open_source(self.uid)
        return source, source.shards(since)

    def _listing_failed(self, error: Exception, now: float) -> None:
        message = _message_of(error, self.uid)
        if isinstance(error, NothingToRead):
            self.fail(message, now)
            self._left, self._left_at = {}, None  # what arrives while reading is not allowed is never read
        elif not self._readers or now - self._listed_at > LISTING_VALID_SECONDS:
            self.fail(message, now)
        else:  # what is being read goes on: the permission was checked a moment ago
            self._list_at = now + LIST_AGAIN_SECONDS

    def _follow(self, source: Source, shards: list[ListedShard], *, is_first: bool) -> None:
        if is_first:
            self._refused = refused_records.remembered(self.publisher.buffer.redis, self.uid)
        start = Position.at_time(self._start())
        self.keys.describe(source, shards)
        self.fields.describe(source, self._now)
        self.decoders.observe(self.uid, source.kind_field)
        self.decoders.describe(self.uid, {shard.shard_id: shard.hash_keys for shard in shards if shard.hash_keys})
        for shard in shards:
            if self._is_known(shard.shard_id):
                continue
            if is_first:
                self._add_reader(source, shard.shard_id, self._left.get(shard.shard_id, start))
            elif shard.is_open or any(self._is_known(parent) for parent in shard.parents):
                is_child = any(self._is_known(parent) for parent in shard.parents)
                self._add_reader(source, shard.shard_id, Position() if is_child else start)

    def _add_reader(self, source: Source, shard_id: str, start: Position) -> None:
        self._readers[shard_id] = ShardReader(source.stream_name, shard_id, start)
        self._lags[shard_id] = ShardLag()
        self._shared.check_soon()

    def _start(self) -> datetime:
        """Return the moment from which records are read: a minute ago, or when reading stopped."""
        start = timezone.now() - LOOK_BACK
        return min(start, self._left_at) if self._left_at else start

    def _show_to_staff(self, allowed: frozenset[str]) -> None:
        """Mask by these fields from now on, and drop what was masked by others: it counts as not decoded."""
        dropped = self.decoders.allow(self.uid, allowed)
        if dropped is not None:
            self.counts = self.counts.plus(dropped, dropped)
            self.selected.add({}, dropped)
            self._new_rows = []
            self.publisher.news.forget()
            self.selected.forget_recent()

    def _is_known(self, shard_id: str) -> bool:
        return shard_id in self._readers or shard_id in self._finished

    def _advance(self, shard_id: str, reader: ShardReader, now: float) -> None:
        read = self._reads.get(shard_id)
        if read is None:
            if now >= reader.due_at and self._source is not None and len(self._reads) < self._most_calls():
                reader.due_at, self._began[shard_id] = now + reader.budget.interval, now
                self._reads[shard_id] = self.pool.submit(self._read, reader, self._source)
        elif read.done():
            del self._reads[shard_id]
            try:
                records = read.result()
            except Exception as error:  # whatever it is, it must cost this shard only
                reader.back_off(_message_of(error, self.uid), now)
            else:
                self.keys.add(shard_id, records, now)
                self._decode(records)
                self._finish_read(shard_id, reader, records, now)

    def _most_calls(self) -> int:
        # The threads are shared: calls that hang until their timeout must leave some for other streams.
        return MOST_CALLS_WHILE_FAILING if any(reader.error for reader in self._readers.values()) else MOST_CALLS

    def _read(self, reader: ShardReader, source: Source) -> tuple[DataRecord, ...]:
        return reader.read(source.session())

    def _finish_read(self, shard_id: str, reader: ShardReader, records: Sequence[DataRecord], now: float) -> None:
        reader.succeeded()
        reader.schedule(self._began.get(shard_id, now), now)
        if reader.has_answer and shard_id in self._skipping:
            self.counts = self.counts.with_skip(replace(self._skipping.pop(shard_id), ended_at=timezone.now()))
        if records:
            self.counts = self.counts.with_first_after_skip(shard_id, records[0].sequence_number)
        if reader.is_finished:
            del self._readers[shard_id], self._lags[shard_id]
            self._finished.add(shard_id)
            self._list_at = 0.0  # find its children now
        elif reader.has_answer:
            lag = self._lags[shard_id]
            lag.note(reader.behind_seconds, now)
            self._note_age(records, reader.behind_seconds)
            if lag.is_hopeless(now):
                self._skip(reader, now)

    def _note_age(self, records: Sequence[DataRecord], behind_seconds: float) -> None:
        age = (timezone.now() - records[-1].arrived_at).total_seconds() if records else 0.0
        self._own_age = max(self._own_age or 0.0, age, behind_seconds)

    def _skip(self, reader: ShardReader, now: float) -> None:
        """Continue with the newest records of a shard whose reader cannot catch up; the next read counts it."""
        log.warning("tap.skipped stream=%s shard=%s seconds=%.0f", self.uid, reader.shard_id, reader.behind_seconds)
        newest, at = reader.newest, timezone.now()
        began_at = newest.arrived_at if newest else at - timedelta(seconds=reader.behind_seconds)
        after = newest.sequence_number if newest else None
        self._skipping[reader.shard_id] = Skip(reader.shard_id, began_at, at, after=after)
        reader.skip_to_latest()
        reader.due_at = now
        self._lags[reader.shard_id] = ShardLag()

    def _lag(self) -> tuple[int | None, str]:
        """Return the lag in whole seconds of the reader that is last, and its shard; None before the first read."""
        lags = [(lag.seconds(self._now), shard_id) for shard_id, lag in self._lags.items()]
        known = [(seconds, shard_id) for seconds, shard_id in lags if seconds is not None]
        if not known:
            return None, ""
        seconds, shard_id = max(known)
        return round(seconds), shard_id if len(lags) > 1 and seconds >= 1 else ""

    def _decode(self, records: Sequence[DataRecord]) -> None:
        known: list[DataRecord] = []
        if self._refused:
            known = [record for record in records if refused_records.name_of(record) in self._refused]
        for record in known:
            contents = refused_contents(record.data, record.partition_key, Message("decode.refused_before"))
            self._new_rows += rows_of(record, contents)
        self.counts = self.counts.plus(len(known), 0)
        if records:  # of a shard, in the order of their arrival
            self.counts = self.counts.with_arrival(records[0].arrived_at)
        self.selected.add({}, len(known))
        others = [record for record in records if record not in known] if known else records
        self.decoders.submit(self.uid, self._source.owner if self._source else self.uid, others)

    def _receive_decoded(self) -> None:
        finished = self.decoders.finished(self.uid)
        self._new_rows += finished.rows
        self.fields.add(finished.observations, self._now)
        self.selected.add(finished.found)
        registries = self._source.schemas if self._source else None
        self._schemas.step((row.schema for row in finished.rows), registries, self._now)
        self.counts = self.counts.plus(finished.record_count + finished.skipped_count, finished.skipped_count)
        if finished.ended:
            log.warning("tap.decoder_ended stream=%s records=%d", self.uid, len(finished.ended))
            self._refused.update(map(refused_records.name_of, finished.ended))
            refused_records.remember(self.publisher.buffer.redis, self.uid, finished.ended)

    def _measure_lateness(self, now: float) -> None:
        late = max((_lateness(reader, now) for reader in self._readers.values()), default=0.0)
        if late < BEHIND_SECONDS:
            self._in_time_at, self.behind_seconds = now, 0.0
        elif self._in_time_at is None:
            self._in_time_at = now
        elif now - self._in_time_at > BEHIND_FOR_SECONDS:  # a tap starts one minute back and soon catches up
            self.behind_seconds = late


def _lateness(reader: ShardReader, now: float) -> float:
    return 0.0 if reader.error else max(reader.behind_seconds, now - reader.due_at)


def _message_of(error: Exception, uid: str) -> Message:
    if isinstance(error, AwsFault | NothingToRead):
        if isinstance(error, AwsFault):
            log.warning("tap.aws_error stream=%s fault=%s", uid, error.code)
        return error.message
    if isinstance(error, DatabaseError):
        log.warning("tap.database_unavailable stream=%s fault=%s", uid, type(error).__name__)
        return Message("tap.database_unavailable")
    log.error("tap.unexpected_error stream=%s", uid, exc_info=error)
    return Message("tap.unexpected_error", fault=type(error).__name__)
