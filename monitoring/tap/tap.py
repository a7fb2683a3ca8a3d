"""The tap: reads the records of streams only while someone watches them, with one reader per shard for all viewers.

A stream belongs to the tap that holds its lease in Redis, so any number of taps can run. No error of one stream ends
the tap: the stream shows it and is tried again. A tap that cannot keep up gives streams to another that does.
"""

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

from django.conf import settings
from redis import RedisError
from redis.exceptions import LockError
from redis.lock import Lock

from monitoring.records.kept_records import MOST_BYTES
from monitoring.records.sample_buffer import SampleBuffer, monotonic_seconds
from monitoring.records.stream_topics import StreamTopic, parts_of
from monitoring.tap.decoder_pool import DecoderPool
from monitoring.tap.presence import TapPresence
from monitoring.tap.publisher import RecordPublisher
from monitoring.tap.shard_reader import USUAL_SECONDS
from monitoring.tap.source import Source, open_source
from monitoring.tap.stream_tap import RETRY_SECONDS, StreamTap
from portal import heartbeats, live
from portal.messages.message import Message

log = logging.getLogger(__name__)

LEASE_SECONDS = 10
LINGER_SECONDS = 20
MOST_BYTES_OF_TAP = 64 * 1024 * 1024  # that Redis keeps of records of all its streams, for pages that open them
_THREADS = 16
_SCHEMA_THREADS = 4  # of their own: a registry that a tenant named may answer slowly, and must hold up no reads
_TICK_SECONDS = 0.05
_LOG_SECONDS = 60.0
GIVE_SECONDS = 10.0
_LATE_STREAMS = 2  # a single one may be late for a reason of its own, such as slow calls to its account

Clock = Callable[[], float]


class Tap:
    """The loop: finds out which streams are watched, claims them, and takes one step for each."""

    def __init__(
        self,
        *,
        open_source: Callable[[str], Source] = open_source,
        clock: Clock = monotonic_seconds,
        decoders: DecoderPool | None = None,
    ) -> None:
        self._open_source = open_source
        self._clock = clock
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="tap")
        self._schema_pool = ThreadPoolExecutor(_SCHEMA_THREADS, thread_name_prefix="schemas")
        self._claim_at = 0.0
        self._log_at = 0.0
        self._give_at = 0.0
        self._given: dict[str, float] = {}
        self._presence = TapPresence(f"{live.PROCESS}-{secrets.token_hex(4)}", live.connect())
        self._paused_until: dict[str, float] = {}
        self.decoders = decoders or DecoderPool(settings.SLUICE_TAP_DECODERS)
        self.streams: dict[str, StreamTap] = {}

    def run(self, stop: Event) -> None:
        """Run until `stop` is set, then release everything; waits for no call to AWS."""
        while not stop.is_set():
            try:
                self.tick()
            except RedisError as error:
                log.warning("tap.redis_unavailable fault=%s", type(error).__name__)
                self._forget_all()  # the leases are lost with Redis, so the streams are no longer ours
                stop.wait(USUAL_SECONDS)
            except Exception:  # an unknown fault must not end the tap for everyone
                log.exception("tap.unexpected_error")
                stop.wait(USUAL_SECONDS)
            stop.wait(_TICK_SECONDS)
        self.close()

    def tick(self) -> None:
        """Check once a second which streams are watched, and take one step for each; raises RedisError."""
        now = self._clock()
        if now >= self._claim_at:
            self._claim_at = now + USUAL_SECONDS
            heartbeats.beat("tap")
            self._share(now)
            self._claim_watched(now)
            self._log_lateness(now)
        for uid, stream in list(self.streams.items()):
            if now >= self._paused_until.get(uid, 0.0):
                self._step(uid, stream, now)

    def close(self) -> None:
        """Release every lease, drop the calls that wait for a thread, and end the decoders."""
        heartbeats.sign_off("tap")
        for uid in list(self.streams):
            self._release(uid)
        with suppress(RedisError):
            self._presence.leave()
        for pool in (self._pool, self._schema_pool):
            pool.shutdown(wait=False, cancel_futures=True)
        self.decoders.close()

    def _step(self, uid: str, stream: StreamTap, now: float) -> None:
        try:
            stream.step(now)
        except RedisError:
            raise
        except Exception as error:  # a fault of one stream must not stop the others, nor end the tap
            log.exception("tap.unexpected_error stream=%s", uid)
            stream.fail(Message("tap.unexpected_error", fault=type(error).__name__), now)
            self._paused_until[uid] = now + RETRY_SECONDS

    def _claim_watched(self, now: float) -> None:
        watched: dict[str, list[StreamTopic]] = {}
        for topic in map(parts_of, live.watched("stream:")):
            watched.setdefault(topic.uid, []).append(topic)
        for uid in watched.keys() - self.streams.keys():
            if now >= self._given.get(uid, 0.0):
                self._claim(uid)
        for uid, stream in list(self.streams.items()):
            if uid in watched:
                stream.last_watched_at = now
            stream.selected.watch(watched.get(uid, ()))
            if now - stream.last_watched_at > LINGER_SECONDS or not _renewed(stream.lock):
                self._release(uid)
        for stream in self.streams.values():
            stream.publisher.kept.most_bytes = min(MOST_BYTES, MOST_BYTES_OF_TAP // len(self.streams))

    def _share(self, now: float) -> None:
        """Say whether this tap keeps up; if not, give the stream with the fewest shards to a tap that does."""
        late = [uid for uid, stream in self.streams.items() if stream.is_late]
        is_overloaded = len(late) >= _LATE_STREAMS
        self._presence.announce(keeps_up=not is_overloaded)
        self._given = {uid: until for uid, until in self._given.items() if until > now}
        if is_overloaded and now >= self._give_at and self._presence.another_keeps_up():
            uid = min(late, key=lambda uid: self.streams[uid].shard_count)
            log.warning("tap.stream_given stream=%s", uid)
            self._give_at, self._given[uid] = now + GIVE_SECONDS, now + GIVE_SECONDS
            self._release(uid)

    def _claim(self, uid: str) -> None:
        redis = live.connect()
        lock = redis.lock(f"tap:{uid}", timeout=LEASE_SECONDS, blocking=False, thread_local=False)
        if lock.acquire():
            buffer = SampleBuffer(uid, redis)
            buffer.clear()  # only the tap that added those rows knew how old they are
            publisher = RecordPublisher(uid, buffer)
            self.streams[uid] = StreamTap(
                uid, lock, publisher, self._pool, self.decoders, self._open_source, self._schema_pool
            )

    def _release(self, uid: str) -> None:
        stream = self._forget(uid)
        try:
            stream.lock.release()
        except (LockError, RedisError):
            log.info("tap.lease_expired stream=%s", uid)  # it expired by itself, which has the same effect

    def _forget(self, uid: str) -> StreamTap:
        self._paused_until.pop(uid, None)
        self.decoders.forget(uid)
        return self.streams.pop(uid)

    def _forget_all(self) -> None:
        for uid in list(self.streams):
            self._forget(uid)

    def _log_lateness(self, now: float) -> None:
        late = {uid: stream for uid, stream in self.streams.items() if stream.behind_seconds}
        if late and now >= self._log_at:
            self._log_at = now + _LOG_SECONDS
            seconds = max(stream.behind_seconds for stream in late.values())
            shards = sum(stream.shard_count for stream in self.streams.values())
            log.warning("tap.behind seconds=%.0f streams=%d shards=%d", seconds, len(late), shards)


def _renewed(lock: Lock) -> bool:
    try:
        return bool(lock.reacquire())
    except LockError:
        return False
