"""The tap: reads the records of streams only while someone watches them, with one reader per shard for all viewers.

A stream belongs to the tap that holds its lease in Redis, so any number of taps can run.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from redis import RedisError
from redis.exceptions import LockError
from redis.lock import Lock

from monitoring.records.sample_buffer import SampleBuffer, monotonic_seconds
from monitoring.tap.publisher import RecordPublisher
from monitoring.tap.shard_reader import USUAL_SECONDS
from monitoring.tap.source import Source, open_source
from monitoring.tap.stream_tap import StreamTap
from portal import live

log = logging.getLogger(__name__)

LEASE_SECONDS = 10
LINGER_SECONDS = 20
_THREADS = 16
_TICK_SECONDS = 0.05

Clock = Callable[[], float]


class Tap:
    """The loop: finds out which streams are watched, claims them, and takes one step for each."""

    def __init__(self, *, open_source: Callable[[str], Source] = open_source, clock: Clock = monotonic_seconds) -> None:
        self._open_source = open_source
        self._clock = clock
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="tap")
        self._claim_at = 0.0
        self.streams: dict[str, StreamTap] = {}

    def run(self, stop: Event) -> None:
        """Run until `stop` is set, then release everything; waits for no call to AWS."""
        while not stop.is_set():
            try:
                self.tick()
            except RedisError as error:
                log.warning("tap.redis_unavailable fault=%s", type(error).__name__)
                self.streams.clear()  # the leases are lost with Redis, so the streams are no longer ours
                stop.wait(USUAL_SECONDS)
            stop.wait(_TICK_SECONDS)
        self.close()

    def tick(self) -> None:
        """Check once a second which streams are watched, and take one step for each; raises RedisError."""
        now = self._clock()
        if now >= self._claim_at:
            self._claim_at = now + USUAL_SECONDS
            self._claim_watched(now)
        for stream in list(self.streams.values()):
            stream.step(now)

    def close(self) -> None:
        """Release every lease and drop the calls that wait for a thread."""
        for uid in list(self.streams):
            self._release(uid)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _claim_watched(self, now: float) -> None:
        watched = {topic.split(":")[1] for topic in live.watched("stream:")}
        for uid in watched - self.streams.keys():
            self._claim(uid)
        for uid, stream in list(self.streams.items()):
            if uid in watched:
                stream.last_watched_at = now
            if now - stream.last_watched_at > LINGER_SECONDS or not _renewed(stream.lock):
                self._release(uid)

    def _claim(self, uid: str) -> None:
        redis = live.connect()
        lock = redis.lock(f"tap:{uid}", timeout=LEASE_SECONDS, blocking=False, thread_local=False)
        if lock.acquire():
            buffer = SampleBuffer(uid, redis)
            buffer.clear()  # only the tap that added those rows knew how old they are
            publisher = RecordPublisher(uid, buffer)
            self.streams[uid] = StreamTap(uid, lock, publisher, self._pool, self._open_source)

    def _release(self, uid: str) -> None:
        stream = self.streams.pop(uid)
        try:
            stream.lock.release()
        except (LockError, RedisError):
            log.info("tap.lease_expired stream=%s", uid)  # it expired by itself, which has the same effect


def _renewed(lock: Lock) -> bool:
    try:
        return bool(lock.reacquire())
    except LockError:
        return False
