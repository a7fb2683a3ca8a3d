"""Event streams (server-sent events), answered before Django sees the request.

Django holds one thread for each open event stream; this holds none. It asks PostgreSQL once whether the person may
watch, again every minute, and otherwise only forwards what Redis publishes.
"""

import asyncio
import gc
import logging
import random
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import parse_cookie
from redis.exceptions import RedisError

from portal.event_access import is_topic, may_watch
from portal.fanout import Fanout, Listener

log = logging.getLogger(__name__)

PREFIX = "/events/"
HEARTBEAT_SECONDS = 12.0
RECHECK_SECONDS = 45.0  # takes effect at the next heartbeat, so within 60 s
SLOW_SECONDS = 20.0
MAX_DROPPED = 128
_THREADS = 4
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
Authorise = Callable[[str, str], bool]


def topic_of(path: str) -> str | None:
    """Return the topic of a path /events/<kind>/<...> ("stream:<uid>:clear"), or None where no app registered it."""
    rest = path.removeprefix(PREFIX).strip("/")
    topic = rest.replace("/", ":")
    return topic if ":" not in rest and is_topic(topic) else None


class EventStreams:
    """The ASGI application behind /events/; one for each process."""

    def __init__(
        self, *, authorise: Authorise, redis_url: str, most: int, heartbeat: float = HEARTBEAT_SECONDS
    ) -> None:
        self._authorise = authorise
        self._most = most
        self._heartbeat = heartbeat
        self._recheck = min(RECHECK_SECONDS, heartbeat * 4)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="events")
        self._fanout = Fanout(redis_url, in_thread=self._in_thread)
        self.open = 0

    async def __call__(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer one request: an event stream, or 404, 405 or 503."""
        topic = topic_of(scope["path"])
        if scope["method"] != "GET":
            await _answer(send, 405, "Read event streams with GET.")
        elif topic is None:
            await _answer(send, 404, "This event stream does not exist.")
        elif self.open >= self._most:
            await _busy(send)
        else:
            self.open += 1
            try:
                await self._admit(topic, _session_key(scope), receive, send)
            finally:
                self.open -= 1

    async def close(self) -> None:
        """End all event streams, the subscription and the threads."""
        await self._fanout.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, function: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function)

    async def _admit(self, topic: str, session_key: str, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        still_allowed = partial(self._in_thread, partial(self._authorise, topic, session_key))
        try:
            if not await still_allowed():
                await _answer(send, 404, "This event stream does not exist.")
                return
            listener = await self._fanout.join(topic)
        except (RedisError, TimeoutError, DatabaseError) as fault:
            log.warning("events.unavailable topic=%s fault=%s", topic, type(fault).__name__)
            await _busy(send)
            return
        disconnected = asyncio.create_task(_until_disconnected(receive))
        disconnected.add_done_callback(lambda _: listener.close())
        try:
            await self._stream(listener, still_allowed, send)
        finally:
            disconnected.cancel()
            await self._fanout.leave(listener)

    async def _stream(
        self, listener: Listener, still_allowed: Callable[[], Awaitable[bool]], send: ASGISendCallable
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS, "trailers": False})
        await _send(send, f"retry: {random.randint(2000, 8000)}\n\n".encode())  # noqa: S311  (spreads reconnects)
        check_at = time.monotonic() + self._recheck
        while listener.dropped < MAX_DROPPED:
            event = await self._next(listener)
            if event is None:
                break
            if time.monotonic() >= check_at:
                if not await self._checked(still_allowed):
                    break
                check_at = time.monotonic() + self._recheck
            try:
                await asyncio.wait_for(_send(send, event), SLOW_SECONDS)
            except TimeoutError:
                return  # the browser does not read what it is sent; it reconnects when it can
        await _send(send, b"", more=False)

    async def _next(self, listener: Listener) -> bytes | None:
        try:
            return await asyncio.wait_for(listener.queue.get(), self._heartbeat)
        except TimeoutError:
            return b": still here\n\n"

    async def _checked(self, still_allowed: Callable[[], Awaitable[bool]]) -> bool:
        try:
            return await still_allowed()
        except DatabaseError:
            return False  # closed when in doubt; the page falls back to polling, which reports the error


def with_events(django_app: Any) -> ASGI3Application:
    """Return an ASGI application that answers /events/ itself and passes all other requests to Django."""
    events = EventStreams(authorise=may_watch, redis_url=settings.REDIS_URL, most=settings.SLUICE_EVENTS_PER_PROCESS)

    async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await events(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send, events)
        else:
            await django_app(scope, receive, send)

    return application


async def _lifespan(receive: ASGIReceiveCallable, send: ASGISendCallable, events: EventStreams) -> None:
    await receive()
    # What is loaded by now stays loaded: collecting garbage in it costs a request 80 ms each time.
    gc.collect()
    gc.freeze()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await events.close()
    await send({"type": "lifespan.shutdown.complete"})


async def _until_disconnected(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _session_key(scope: HTTPScope) -> str:
    cookies = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


async def _send(send: ASGISendCallable, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _busy(send: ASGISendCallable) -> None:
    again = str(random.randint(5, 20)).encode()  # noqa: S311  (spreads reconnects)
    await _answer(send, 503, "Live updates are not available at the moment.", [(b"retry-after", again)])


async def _answer(
    send: ASGISendCallable, status: int, text: str, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": plain, "trailers": False})
    await _send(send, text.encode(), more=False)
