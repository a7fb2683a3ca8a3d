"""One Redis subscription per process, forwarded to every open event stream through a bounded queue.

Messages without a topic end event streams: those of a person or of a session whose access may have ended.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from portal import live
from portal.event_listener import Listener, Owner, frame

log = logging.getLogger(__name__)

_ANCHOR = live.channel("")  # always subscribed, so that the connection stays open without viewers
_HOLD_SECONDS = 7
_CONFIRM_SECONDS = 10
_CONNECT_SECONDS = 5  # a busy host answers after seconds; a browser that is refused waits for longer
_CONNECTIONS = 8
_ENDINGS = 10_000  # remembered for streams that are being opened, which takes seconds at most


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the subscription: which one it was, and how many endings it had received."""

    subscription: int
    endings: int


class Fanout:
    """The listeners of this process; subscribes to a topic with its first listener, unsubscribes with its last."""

    def __init__(self, redis_url: str, *, in_thread: Callable[[Callable[[], None]], Awaitable[None]]) -> None:
        self._url = redis_url
        self._in_thread = in_thread
        self._listeners: dict[str, set[Listener]] = {}
        self._ready: dict[str, asyncio.Event] = {}
        self._lock = asyncio.Lock()
        self._redis: Redis | None = None
        self._pubsub: PubSub | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscription = 0
        self._endings_count = 0
        self._endings: deque[tuple[int, dict[str, Any]]] = deque(maxlen=_ENDINGS)

    @property
    def listening(self) -> int:
        """Return how many listeners this process has."""
        return len(self.listeners)

    @property
    def listeners(self) -> list[Listener]:
        """Return every listener of this process."""
        return [listener for held in self._listeners.values() for listener in held]

    async def mark(self) -> Mark:
        """Return a moment before access is checked; from then on no ending is missed. Raises as `join` does."""
        async with self._lock:
            if self._pubsub is None:
                await self._open()
            ready = self._ready[""]
        async with asyncio.timeout(_CONFIRM_SECONDS):
            await ready.wait()
        return Mark(self._subscription, self._endings_count)

    async def join(self, topic: str, owner: Owner, since: Mark) -> Listener:
        """Return a listener that already holds the newest events; raises RedisError or TimeoutError without Redis.

        It is closed already if an ending for its owner came after `since`.
        """
        listener = Listener(topic, owner)
        try:
            ready = await self._subscribe(listener)
            await self._in_thread(partial(live.hold, {topic: len(self._listeners[topic])}, url=self._url))
            async with asyncio.timeout(_CONFIRM_SECONDS):
                await ready.wait()
            for event in await self._newest(topic):
                listener.offer(event)
            if since.subscription != self._subscription:
                raise RedisConnectionError("The connection to Redis was lost.")
            if any(number > since.endings and _concerns(ending, owner) for number, ending in self._endings):
                listener.close()
        except BaseException:
            await self.leave(listener)
            raise
        return listener

    async def leave(self, listener: Listener) -> None:
        """Remove the listener, and the topic with its last one; does not raise when Redis is not available."""
        topic = listener.topic
        async with self._lock:
            held = self._listeners.get(topic, set())
            held.discard(listener)
            if held or self._listeners.pop(topic, None) is None:
                return
            if self._ready.pop(topic, None) is not None and self._pubsub is not None:
                try:
                    await self._pubsub.unsubscribe(live.channel(topic))
                except RedisError:
                    await self._lost()
        await self._in_thread(partial(live.release, topic, url=self._url))
        if count := len(self._listeners.get(topic, ())):  # who joined meanwhile was released with the last one
            await self._in_thread(partial(live.hold, {topic: count}, url=self._url))

    async def close(self) -> None:
        """End every event stream and the connection to Redis."""
        async with self._lock:
            await self._lost()
        for task in self._tasks:
            task.cancel()

    async def _subscribe(self, listener: Listener) -> asyncio.Event:
        topic = listener.topic
        async with self._lock:
            pubsub = self._pubsub or await self._open()
            self._listeners.setdefault(topic, set()).add(listener)
            if topic not in self._ready:
                self._ready[topic] = asyncio.Event()
                await pubsub.subscribe(live.channel(topic))
            return self._ready[topic]

    async def _open(self) -> PubSub:
        # No retries inside: when the connection breaks, browsers reconnect and then receive the newest events.
        # A thousand browsers that reconnect at once wait for one of a few connections instead of opening a thousand.
        pool = BlockingConnectionPool.from_url(
            self._url,
            max_connections=_CONNECTIONS,
            timeout=_CONFIRM_SECONDS,
            socket_connect_timeout=_CONNECT_SECONDS,
            health_check_interval=30,
            retry=Retry(NoBackoff(), 0),
        )
        self._redis = Redis.from_pool(pool)
        pubsub = self._redis.pubsub()
        self._ready[""] = asyncio.Event()
        await pubsub.subscribe(_ANCHOR)
        self._pubsub = pubsub
        self._subscription += 1
        for loop in (self._read(pubsub), self._hold(pubsub)):
            task = asyncio.create_task(loop)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return pubsub

    async def _newest(self, topic: str) -> list[bytes]:
        redis = self._redis
        if redis is None:
            raise RedisConnectionError("The connection to Redis was lost.")
        events = sorted(live.text(event) for event in await redis.smembers(f"events:{topic}"))
        kept = await redis.mget([f"last:{topic}:{event}" for event in events]) if events else []
        return [event for message in kept if message is not None and (event := _framed_or_none(message))]

    async def _read(self, pubsub: PubSub) -> None:
        try:
            while pubsub is self._pubsub:
                message = await pubsub.get_message(timeout=10)
                if message is not None:
                    self._forward_or_drop(message)
        except RedisError as fault:
            log.warning("events.redis_lost fault=%s", type(fault).__name__)
            await self._close_if_current(pubsub)
        except Exception:  # heartbeats would go on without events, so the browsers must connect again
            log.exception("events.reading_failed")
            await self._close_if_current(pubsub)

    async def _close_if_current(self, pubsub: PubSub) -> None:
        async with self._lock:
            if pubsub is self._pubsub:
                await self._lost()

    def _forward_or_drop(self, message: dict[str, Any]) -> None:
        try:
            self._forward(message["type"], message["channel"].decode().removeprefix(_ANCHOR), message["data"])
        except Exception:  # one message that makes no sense must not end the events of everyone
            log.exception("events.message_dropped")

    def _forward(self, kind: str, topic: str, data: Any) -> None:
        if kind == "subscribe" and topic in self._ready:
            self._ready[topic].set()
        elif kind == "message" and not topic:
            self._end(dict(json.loads(data)))
        elif kind == "message" and (held := self._listeners.get(topic)):
            event = _framed(data)
            for listener in held:
                listener.offer(event)

    def _end(self, ending: dict[str, Any]) -> None:
        self._endings_count += 1
        self._endings.append((self._endings_count, ending))
        for listener in self.listeners:
            if _concerns(ending, listener.owner):
                listener.close()

    async def _hold(self, pubsub: PubSub) -> None:
        while pubsub is self._pubsub:
            await asyncio.sleep(_HOLD_SECONDS)
            counts = {topic: len(held) for topic, held in self._listeners.items() if held}
            try:
                await self._in_thread(partial(live.hold, counts, url=self._url))
            except Exception:  # without this the tap would stop for viewers who are still there
                log.exception("events.hold_failed")

    async def _lost(self) -> None:
        pubsub, redis, self._pubsub, self._redis = self._pubsub, self._redis, None, None
        self._ready.clear()
        for listener in self.listeners:
            listener.close()
        if pubsub is not None and redis is not None:
            await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves this method without types
            await redis.aclose()


def _framed_or_none(message: bytes | str) -> bytes | None:
    try:
        return _framed(message)
    except (ValueError, KeyError, TypeError):
        return None  # written by another version; the page has its content without it


def _concerns(ending: dict[str, Any], owner: Owner) -> bool:
    return ending.get("user_id") == owner.user_id or ending.get("session") == owner.session


def _framed(message: bytes | str) -> bytes:
    event = json.loads(message)
    return frame(event["event"], event["data"], event.get("note"))
