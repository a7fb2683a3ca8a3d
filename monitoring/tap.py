"""The tap: one reader a shard for all who look, only while somebody looks.

A stream belongs to the tap that holds its lease in Redis, so many taps may run. AWS is called in a few threads; the
loop itself never waits for it, so that it can stop at once.
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from django.db import connections
from django.template.loader import render_to_string
from django.utils import timezone
from redis import RedisError
from redis.exceptions import LockError
from redis.lock import Lock

from monitoring import samples, selectors
from monitoring.reader import USUAL_SECONDS, ShardReader
from monitoring.records import Audience, Row, rows_of, seen_by
from monitoring.samples import Reading, Shelf
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from portal import live
from portal.aws.errors import AwsFault
from portal.aws.kinesis import DataRecord, list_shards
from portal.aws.session import AwsSession
from portal.messages.catalogue import text_of, todo_of

log = logging.getLogger(__name__)

LEASE_SECONDS = 10
LINGER_SECONDS = 20
LOOK_BACK = timedelta(seconds=60)
RETRY_SECONDS = 30.0
SHARDS_AGAIN_SECONDS = 60.0
ROWS_AN_EVENT = 50
_THREADS = 16
_TICK_SECONDS = 0.05
_TELL_SECONDS = 0.2  # between two events with records, where shards are not read in step

Clock = Callable[[], float]


class NothingToRead(Exception):
    """The stream is not there to be read (any more)."""

    words = ("There is no data stream to read.", "Look at the integration's setup.")


class SamplingLeftOut(NothingToRead):
    """The client left reading samples of records out of the grant."""

    words = ("Samples of records are left out of the grant.", "An admin can choose otherwise on the connection's page.")


@dataclass(slots=True)
class Source:
    """A data stream and the way into its account; the session is renewed behind `session` when it runs out."""

    stream_name: str
    session: Callable[[], AwsSession]

    def shards(self) -> list[tuple[str, tuple[str, ...], bool]]:
        """Return (shard ID, parents, is open) of every shard; raises AwsFault."""
        return [
            (one.shard_id, tuple(filter(None, (one.parent_shard_id, one.adjacent_parent_shard_id))), one.is_open)
            for one in list_shards(self.session(), self.stream_name)
        ]


def open_source(uid: str) -> Source:
    """Return the source of an integration; raises NothingToRead, AwsFault. Leaves no database connection open."""
    try:
        stream = selectors.stream(uid)
        if stream is None:
            raise NothingToRead(uid)
        if not stream.allow_sampling:
            raise SamplingLeftOut(uid)
        connection = Connection.objects.get(pk=stream.connection_id)
    finally:
        connections.close_all()
    return Source(stream.stream_name, lambda: session_for(connection, stream.region, "records", fips=stream.uses_fips))


@dataclass(slots=True, eq=False)
class StreamTap:
    """All readers of one stream, what they brought, and what the page is told."""

    uid: str
    lock: Lock
    shelf: Shelf
    pool: ThreadPoolExecutor
    opened: Callable[[str], Source] = open_source
    wanted_at: float = 0.0
    reading: Reading = field(default_factory=Reading)
    _source: Source | None = None
    _readers: dict[str, ShardReader] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _listing: "Future[tuple[Source, list[tuple[str, tuple[str, ...], bool]]]] | None" = None
    _busy: "dict[str, Future[tuple[DataRecord, ...]]]" = field(default_factory=dict)
    _list_at: float = 0.0
    _tell_at: float = 0.0
    _tell_not_before: float = 0.0
    _told: str = ""
    _fresh: list[Row] = field(default_factory=list)
    _recent: deque[tuple[float, Row]] = field(default_factory=lambda: deque(maxlen=ROWS_AN_EVENT))

    def step(self, now: float) -> None:
        """Take up what threads have brought, send out the reads that are due, and tell the page.

        It is told once a second, and of records as soon as every shard that was asked has answered.
        """
        self._list(now)
        for shard_id, reader in list(self._readers.items()):
            self._take(shard_id, reader, now)
        has_news = bool(self._fresh) and not self._busy and now >= self._tell_not_before
        if has_news or now >= self._tell_at:
            self._tell_at, self._tell_not_before = now + USUAL_SECONDS, now + _TELL_SECONDS
            self._tell(now)

    def _list(self, now: float) -> None:
        if self._listing is None and now >= self._list_at:
            self._list_at = now + SHARDS_AGAIN_SECONDS
            self._listing = self.pool.submit(self._look)
        elif self._listing is not None and self._listing.done():
            listing, self._listing = self._listing, None
            try:
                self._source, shards = listing.result()
            except (AwsFault, NothingToRead) as fault:
                self._refused(fault, now)
            else:
                self._follow(shards, is_first=not self._readers and not self._done)

    def _look(self) -> tuple[Source, list[tuple[str, tuple[str, ...], bool]]]:
        # Opened anew with every list of shards: whether records may be read can be chosen at any time.
        found = self.opened(self.uid)
        return found, found.shards()

    def _follow(self, shards: list[tuple[str, tuple[str, ...], bool]], *, is_first: bool) -> None:
        if self._source is None:
            return
        for shard_id, parents, is_open in shards:
            if shard_id in self._readers or shard_id in self._done:
                continue
            is_child = not is_first and any(parent in self._readers or parent in self._done for parent in parents)
            if is_open or is_child:
                since = None if is_child else timezone.now() - LOOK_BACK
                self._readers[shard_id] = ShardReader(self._source.stream_name, shard_id, since)
        self.reading = Reading(shards=len(self._readers))

    def _take(self, shard_id: str, reader: ShardReader, now: float) -> None:
        doing = self._busy.get(shard_id)
        if doing is None:
            if now >= reader.due_at and self._source is not None:
                reader.due_at = now + reader.interval
                self._busy[shard_id] = self.pool.submit(self._read, reader, self._source)
        elif doing.done():
            del self._busy[shard_id]
            try:
                self._fresh += [row for record in doing.result() for row in rows_of(record)]
            except AwsFault as fault:
                self._refused(fault, now)
                return
            self._went_on(shard_id, reader, now)

    def _read(self, reader: ShardReader, source: Source) -> tuple[DataRecord, ...]:
        return reader.read(source.session())

    def _went_on(self, shard_id: str, reader: ShardReader, now: float) -> None:
        reader.due_at = max(reader.due_at, now + reader.interval - USUAL_SECONDS)
        if reader.is_finished:
            del self._readers[shard_id]
            self._done.add(shard_id)
            self._list_at = 0.0  # its children are to be found now
        slowest = max((one.interval for one in self._readers.values()), default=USUAL_SECONDS)
        self.reading = Reading(shards=len(self._readers), interval=slowest)

    def _refused(self, fault: AwsFault | NothingToRead, now: float) -> None:
        if isinstance(fault, AwsFault):
            log.warning("tap.refused stream=%s fault=%s", self.uid, fault.code)
            self.reading = Reading(refusal=text_of(fault.message), todo=todo_of(fault.message))
        else:
            refusal, todo = fault.words
            self.reading = Reading(refusal=refusal, todo=todo)
        self._source = None
        self._readers.clear()
        self._done.clear()
        self._list_at = now + RETRY_SECONDS

    def _tell(self, now: float) -> None:
        fresh, self._fresh = sorted(self._fresh, key=lambda row: row.arrived_at, reverse=True), []
        self.shelf.put(fresh, now=now)
        samples.say(self.uid, self.reading)
        self._recent.extendleft((now, row) for row in reversed(fresh))
        topics = {audience: f"stream:{self.uid}:{audience}" for audience in Audience}
        viewers = {topic: live.watchers(topic) for topic in topics.values()}
        self._tell_reading(list(viewers), sum(viewers.values()))
        young = [row for at, row in self._recent if now - at < samples.YOUNG_SECONDS]
        for audience, topic in topics.items():
            if fresh and viewers[topic]:
                live.publish(topic, "records", _html(fresh[:ROWS_AN_EVENT], audience), replay=_html(young, audience))

    def _tell_reading(self, topics: list[str], viewers: int) -> None:
        html = render_to_string("monitoring/_reading.html", {"reading": self.reading, "viewers": viewers})
        if html != self._told:
            self._told = html
            for topic in topics:
                live.publish(topic, "reading", html)


class Tap:
    """The loop: which streams are watched, which of them are ours, one step for each."""

    def __init__(self, *, opened: Callable[[str], Source] = open_source, clock: Clock = samples.seconds) -> None:
        self._opened = opened
        self._clock = clock
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="tap")
        self._look_at = 0.0
        self.taps: dict[str, StreamTap] = {}

    def run(self, stop: Event) -> None:
        """Go on until told to stop, then let go of everything; waits for no call to AWS."""
        while not stop.is_set():
            try:
                self.tick()
            except RedisError as fault:
                log.warning("tap.redis_away fault=%s", type(fault).__name__)
                self.taps.clear()  # the leases are lost with Redis, so the streams are not ours any more
                stop.wait(USUAL_SECONDS)
            stop.wait(_TICK_SECONDS)
        self.close()

    def tick(self) -> None:
        """Look who watches (once a second) and take one step for each stream; raises RedisError."""
        now = self._clock()
        if now >= self._look_at:
            self._look_at = now + USUAL_SECONDS
            self._look(now)
        for one in list(self.taps.values()):
            one.step(now)

    def close(self) -> None:
        """Give up every lease and drop what waits for a thread."""
        for uid in list(self.taps):
            self._let_go(uid)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self, now: float) -> None:
        wanted = {topic.split(":")[1] for topic in live.watched("stream:")}
        for uid in wanted - self.taps.keys():
            self._claim(uid)
        for uid, one in list(self.taps.items()):
            if uid in wanted:
                one.wanted_at = now
            if now - one.wanted_at > LINGER_SECONDS or not _renewed(one.lock):
                self._let_go(uid)

    def _claim(self, uid: str) -> None:
        redis = live.connect()
        lock = redis.lock(f"tap:{uid}", timeout=LEASE_SECONDS, blocking=False, thread_local=False)
        if lock.acquire():
            shelf = Shelf(uid, redis)
            shelf.clear()  # whoever held it before knew the age of those rows; this tap does not
            self.taps[uid] = StreamTap(uid, lock, shelf, self._pool, self._opened)

    def _let_go(self, uid: str) -> None:
        one = self.taps.pop(uid)
        try:
            one.lock.release()
        except (LockError, RedisError):
            log.info("tap.lease_gone stream=%s", uid)  # it ran out by itself, which is as good


def _renewed(lock: Lock) -> bool:
    try:
        return bool(lock.reacquire())
    except LockError:
        return False


def _html(rows: list[Row], audience: Audience) -> str:
    return render_to_string("monitoring/_rows.html", {"views": seen_by(rows, audience), "is_new": True})
