"""A reverse proxy in front of several web processes, as simple as one can be, and browsers that come through it.

Requests go to the processes in turn. One that refuses a connection has received nothing, so the request goes to the
next. One that breaks a connection without an answer may have received it: only a GET is then sent again.
"""

import asyncio
import contextlib
import re
import threading
import time
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from portal.local import ports

HOST = "127.0.0.1"
LONGEST_SECONDS = 60.0
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Balancer:
    """The proxy: the ports of its web processes, and how often it had to choose another one than it wanted."""

    upstreams: Sequence[int]
    port: int = field(default_factory=ports.free_port)
    refused: int = 0
    repeated: int = 0
    _turn: int = 0

    async def serve(self) -> None:
        """Serve until it is cancelled."""
        async with await asyncio.start_server(self._answer, HOST, self.port) as server:
            await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = await _read_request(reader)
            await self._pass_on(request, writer)
        writer.close()

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        self._turn += 1
        first = self._turn % len(self.upstreams)  # others come while this one waits
        for port in (*self.upstreams[first:], *self.upstreams[:first]):
            try:
                back, forth = await asyncio.open_connection(HOST, port)
            except OSError:
                self.refused += 1
                continue
            if await _relayed(request, back, forth, writer):
                return
            if not request.startswith(b"GET "):
                break
            self.repeated += 1
        writer.write(_BAD_GATEWAY)
        await writer.drain()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head.lower())
    return head + (await reader.readexactly(int(length[1])) if length else b"")


async def _relayed(
    request: bytes, back: asyncio.StreamReader, forth: asyncio.StreamWriter, writer: asyncio.StreamWriter
) -> bool:
    """Send the request and pass the answer on; return whether there was one."""
    has_begun = False
    try:
        forth.write(request)
        await forth.drain()
        while chunk := await back.read(65536):
            has_begun = True
            writer.write(chunk)
            await writer.drain()
    except OSError:
        return has_begun
    finally:
        forth.close()
    return has_begun


@dataclass
class Browsers:
    """People behind one session: requests at a steady rate, and event streams that are opened again when they end."""

    port: int
    cookies: str
    answers: Counter[int] = field(default_factory=Counter)
    incomplete: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list, repr=False)
    seconds: list[float] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)
    refused_streams: Counter[int] = field(default_factory=Counter)
    events: int = 0

    async def request(self, method: str, path: str, body: str = "") -> int:
        """Send a request and read its whole answer; return its status, 0 where there is none or only a part."""
        began = time.monotonic()
        status = 0
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(LONGEST_SECONDS):
                status = await self._asked(method, path, body)
        if not status:
            self.incomplete.append(f"{method} {path}")
        self.answers[status] += 1
        self.seconds.append(time.monotonic() - began)
        return status

    async def visit(self, paths: Sequence[str], *, each_second: float, stop: asyncio.Event) -> None:
        """Send requests in turn at a steady rate, however long the answers take."""
        tasks, began = set[asyncio.Task[int]](), time.monotonic()
        number = 0
        while not stop.is_set():
            task = asyncio.create_task(self.request("GET", paths[number % len(paths)]))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            number += 1
            await asyncio.sleep(max(0.0, began + number / each_second - time.monotonic()))
        await asyncio.gather(*tasks)

    async def watch(self, path: str, stop: asyncio.Event) -> None:
        """Hold an event stream open as EventSource does: after its end it is opened again when the server said."""
        while not stop.is_set():
            pause = 3.0
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await self._send("GET", path, "")
                status = _status_of(await reader.readuntil(b"\r\n\r\n"))
                self.opened[path] += status == 200
                if status != 200:
                    self.refused_streams[status] += 1
                while line := await reader.readline():
                    if line.startswith(b"retry: "):
                        pause = int(line.removeprefix(b"retry: ")) / 1000
                    self.events += line.startswith(b"event: ")
                writer.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await stop.wait()

    async def _asked(self, method: str, path: str, body: str) -> int:
        reader, writer = await self._send(method, path, body)
        head = await reader.readuntil(b"\r\n\r\n")
        rest = await reader.read()
        writer.close()
        length = re.search(rb"\r\ncontent-length: (\d+)", head.lower())
        if _status_of(head) >= HTTPStatus.BAD_REQUEST:
            self.errors.append(f"{method} {path} {rest.decode(errors='replace')}")
        is_whole = len(rest) == int(length[1]) if length else rest.endswith(b"0\r\n\r\n")
        return _status_of(head) if is_whole else 0

    async def _send(self, method: str, path: str, body: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        kind = "Content-Type: application/x-www-form-urlencoded\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {self.cookies}\r\nConnection: close\r\n{kind}"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        return reader, writer


def _status_of(head: bytes) -> int:
    return int(head.split(b" ", 2)[1])


@dataclass
class Loop:
    """An event loop in a thread of its own."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Future[Any]":
        """Begin some work in the loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)  # type: ignore[return-value]  # a future of threads

    def result(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Return what some work in the loop comes to."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(LONGEST_SECONDS + 10)


@contextmanager
def running_loop() -> Iterator[Loop]:
    """Yield a loop that runs in another thread; what is still at work in it at the end is cancelled."""
    found = Loop()
    thread = threading.Thread(target=found.loop.run_forever)
    thread.start()
    try:
        yield found
    finally:
        found.result(_cancelled())
        found.loop.call_soon_threadsafe(found.loop.stop)
        thread.join(10)
        found.loop.close()


async def _cancelled() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
