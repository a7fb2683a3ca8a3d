"""Event streams (server-sent events), answered before Django sees the request.

Django holds one thread for each open event stream; this holds none. It asks PostgreSQL once whether the person may
watch, and otherwise only forwards what Redis publishes. A message through Redis ends the streams of a person or session
at once; besides, every stream is checked again within a minute, all of them over one database connection.

Time limits are `asyncio.timeout`: `asyncio.wait_for` of Python 3.11 can lose the end of a stream that comes while an
event is being sent, and the stream would stay open.
"""

import asyncio
import gc
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import parse_qs

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    HTTPResponseStartEvent,
    HTTPScope,
    Scope,
)
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import parse_cookie
from django.utils import timezone
from redis.exceptions import RedisError

from portal import event_access, live
from portal.event_access import Sent, Viewer, is_topic
from portal.event_headers import EventHeaders, Headers
from portal.event_listener import Listener, Owner
from portal.event_notes import EventNotes
from portal.fanout import Fanout, Mark
from portal.stop_signals import on_stop

log = logging.getLogger(__name__)

PREFIX = "/events/"
HEARTBEAT_SECONDS = 12.0
RECHECK_SECONDS = 45.0  # and as long again for the check itself, after which the streams end
SLOW_SECONDS = 20.0
GOODBYE_SECONDS = 0.5
MAX_DROPPED = 128
_THREADS = 4
_UNAVAILABLE = (RedisError, TimeoutError, DatabaseError)
_STREAM_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]


class Access(Protocol):
    """Decides who may watch what; called in threads."""

    def viewer_of(self, topic: str, session_key: str) -> Viewer | None:
        """Return the viewer if the session's user may watch the topic."""

    def still_allowed(self, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return which pairs of topic and session key may still be watched."""

    def note_sent(self, sent: Sequence[Sent]) -> Sequence[Sent]:
        """Note who was sent what; return those that could not be noted."""


def topic_of(path: str) -> str | None:
    """Return the topic of a path /events/<kind>/<...> ("stream:<uid>:clear"), or None where no app registered it."""
    rest = path.removeprefix(PREFIX).strip("/")
    topic = rest.replace("/", ":")
    return topic if ":" not in rest and is_topic(topic) else None


@dataclass(frozen=True, slots=True)
class _Request:
    topic: str
    session_key: str
    headers: Headers
    receive: ASGIReceiveCallable
    send: ASGISendCallable
    is_head: bool = False


class EventStreams:
    """The ASGI application behind /events/; one for each process."""

    def __init__(
        self,
        *,
        access: Access,
        redis_url: str,
        most: int,
        each_person: int,
        heartbeat: float = HEARTBEAT_SECONDS,
        recheck: float = RECHECK_SECONDS,
    ) -> None:
        self._access = access
        self._most = most
        self._each_person = each_person
        self._heartbeat = heartbeat
        self._recheck = recheck
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="events")
        self._rechecks = ThreadPoolExecutor(1, thread_name_prefix="rechecks")  # never waits behind new streams
        self._rechecking: asyncio.Task[None] | None = None
        self._fanout = Fanout(redis_url, in_thread=partial(_in_thread, self._pool))
        self._headers = EventHeaders()
        self._notes = EventNotes(self._note_sent)
        self._session_keys: dict[Listener, str] = {}
        self._open_by_person: Counter[int | str] = Counter()
        self._is_stopping = False
        self.open = 0

    async def __call__(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer one request: an event stream, or 400, 404, 405, 429 or 503, or a redirect to HTTPS."""
        topic = topic_of(scope["path"])
        status, headers = self._headers.head(scope)
        if status != 200:
            await _answer(send, status, "This address is not served under this host name.", headers)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, "Read event streams with GET.", headers)
        elif topic is None:
            await _answer(send, 404, "This event stream does not exist.", headers)
        elif self.open >= self._most:
            await _busy(send, headers)
        else:
            self.open += 1
            try:
                await self._admit(
                    _Request(
                        topic, _link_in(scope) or _session_key(scope), headers, receive, send, scope["method"] == "HEAD"
                    )
                )
            finally:
                self.open -= 1

    def end_all(self) -> None:
        """End all event streams because the process stops; one that is opened afterwards ends after its first line.

        Their browsers connect again, and reach the process that serves by then.
        """
        self._is_stopping = True
        for listener in self._session_keys:
            listener.close()

    async def close(self) -> None:
        """End all event streams, the subscription and the threads."""
        await self._fanout.close()
        if self._rechecking is not None:
            self._rechecking.cancel()
        for pool in (self._pool, self._rechecks):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _admit(self, request: _Request) -> None:
        try:
            since = await self._fanout.mark()
            viewer = await _in_thread(self._pool, partial(self._access.viewer_of, request.topic, request.session_key))
        except _UNAVAILABLE as fault:
            await _unavailable(request, fault)
            return
        if viewer is None:
            await _answer(request.send, 404, "This event stream does not exist.", request.headers)
        elif self._open_by_person[viewer.link or viewer.user_id] >= self._each_person:
            log.info("events.too_many user=%s open=%s", viewer.user_id, self._each_person)
            await _too_many(request.send, request.headers)
        elif request.is_head:
            await request.send(_start(200, [*request.headers, *_STREAM_HEADERS]))
            await _send(request.send, b"", more=False)
        else:
            self._open_by_person[viewer.link or viewer.user_id] += 1
            try:
                await self._join(request, viewer, since)
            finally:
                self._open_by_person[viewer.link or viewer.user_id] -= 1
                self._open_by_person += Counter()  # removes people without an open stream

    async def _join(self, request: _Request, viewer: Viewer, since: Mark) -> None:
        owner = Owner(viewer.user_id, live.digest(request.session_key))
        try:
            listener = await self._fanout.join(request.topic, owner, since)
        except _UNAVAILABLE as fault:
            await _unavailable(request, fault)
            return
        await self._serve(request, listener, viewer)

    async def _serve(self, request: _Request, listener: Listener, viewer: Viewer) -> None:
        self._session_keys[listener] = request.session_key
        self._begin_rechecks()
        if self._is_stopping:
            listener.close()
        disconnected = asyncio.create_task(_until_disconnected(request.receive))
        disconnected.add_done_callback(lambda _: listener.close())
        try:
            await request.send(_start(200, [*request.headers, *_STREAM_HEADERS]))
            seconds = (viewer.until - timezone.now()).total_seconds()
            await listener.run(self._stream(listener, request.send), seconds=seconds)
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await _send(request.send, b"", more=False)
        finally:
            disconnected.cancel()
            del self._session_keys[listener]
            listener.close()
            await self._fanout.leave(listener)
            await self._notes.write([listener])
            self._begin_rechecks()

    def _begin_rechecks(self) -> None:
        if self._rechecking is None or self._rechecking.done():
            self._rechecking = asyncio.create_task(self._recheck_all())

    async def _stream(self, listener: Listener, send: ASGISendCallable) -> None:
        await _send(send, f"retry: {random.randint(2000, 8000)}\n\n".encode())  # noqa: S311  (spreads reconnects)
        while not listener.is_closed and listener.dropped < MAX_DROPPED:
            event = await self._next(listener)
            # Noted first: who reads half of an event and then nothing was sent it all the same.
            listener.was_sent(event)
            # A browser that does not read what it is sent is disconnected; it connects again when it can.
            async with asyncio.timeout(SLOW_SECONDS):
                await _send(send, event)

    async def _next(self, listener: Listener) -> bytes:
        # Not wait_for: in Python 3.11 it swallows the end of the stream that comes at the moment of a heartbeat.
        try:
            async with asyncio.timeout(self._heartbeat):
                return await listener.queue.get()
        except TimeoutError:
            return b": still here\n\n"

    async def _recheck_all(self) -> None:
        while self._session_keys or self._notes.has_more:
            await asyncio.sleep(self._recheck)
            await self._notes.write(list(self._session_keys))
            for listener in await self._without_access():
                listener.close()

    async def _note_sent(self, sent: Sequence[Sent]) -> Sequence[Sent]:
        failed: Sequence[Sent] = await _in_thread(self._rechecks, partial(self._access.note_sent, sent))
        return failed

    async def _without_access(self) -> list[Listener]:
        pairs = {listener: (listener.topic, key) for listener, key in self._session_keys.items()}
        check = partial(self._access.still_allowed, set(pairs.values()))
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._recheck):
                allowed = await _in_thread(self._rechecks, check)
        except (DatabaseError, TimeoutError) as fault:
            # Ended when in doubt; the page falls back to polling, which reports the error.
            log.warning("events.recheck_failed streams=%s fault=%s", len(pairs), type(fault).__name__)
            return list(pairs)
        except Exception:  # or the check of all streams would end here, and no access would ever be withdrawn
            log.exception("events.recheck_failed streams=%s", len(pairs))
            return list(pairs)
        log.debug("events.rechecked streams=%s seconds=%.1f", len(pairs), time.monotonic() - began)
        return [listener for listener, pair in pairs.items() if pair not in allowed]


def with_events(django_app: Any) -> ASGI3Application:
    """Return an ASGI application that answers /events/ itself and passes all other requests to Django."""
    events = EventStreams(
        access=event_access,
        redis_url=settings.REDIS_URL,
        most=settings.SLUICE_EVENTS_PER_PROCESS,
        each_person=settings.SLUICE_EVENTS_PER_PERSON,
    )

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
    on_stop(events.end_all)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await events.close()
    await send({"type": "lifespan.shutdown.complete"})


async def _until_disconnected(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _link_in(scope: HTTPScope) -> str:
    """Return the token of a link in the address, or "": a screen has no session, and an EventSource sends no header."""
    [link] = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("link", [""])[:1]
    return link if event_access.is_link(link) else ""


def _session_key(scope: HTTPScope) -> str:
    cookies = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


async def _send(send: ASGISendCallable, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _busy(send: ASGISendCallable, headers: Headers) -> None:
    again = str(random.randint(5, 20)).encode()  # noqa: S311  (spreads reconnects)
    await _answer(send, 503, "Live updates are not available at the moment.", [*headers, (b"retry-after", again)])


async def _unavailable(request: _Request, fault: Exception) -> None:
    log.warning("events.unavailable topic=%s fault=%s", request.topic, type(fault).__name__)
    await _busy(request.send, request.headers)


async def _too_many(send: ASGISendCallable, headers: Headers) -> None:
    again = str(random.randint(30, 60)).encode()  # noqa: S311  (spreads reconnects)
    await _answer(
        send, 429, "You have too many live pages open. Close some of them.", [*headers, (b"retry-after", again)]
    )


async def _answer(send: ASGISendCallable, status: int, text: str, headers: Headers) -> None:
    await send(_start(status, [*headers, (b"content-type", b"text/plain; charset=utf-8")]))
    await _send(send, text.encode(), more=False)


def _start(status: int, headers: Headers) -> HTTPResponseStartEvent:
    return {"type": "http.response.start", "status": status, "headers": headers, "trailers": False}


async def _in_thread(pool: ThreadPoolExecutor, function: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(pool, function)
