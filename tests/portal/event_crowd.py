"""Many event streams open at once in one thread: how many are still open, and when each of them ended."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from tests.waiting import wait_for

BUSY_TRIES = 5


@dataclass
class Crowd:
    """Browsers of one session on one path; `ended_at` has the moment at which each stream ended."""

    url: str
    path: str
    session: str
    size: int
    reads: bool = True
    opened: int = 0
    refused: list[bytes] = field(default_factory=list)
    ended_at: list[float] = field(default_factory=list)

    @property
    def still_open(self) -> int:
        """How many streams were opened and have not ended."""
        return self.opened - len(self.ended_at)

    def seconds_after(self, moment: float, *, within: float = 60) -> float:
        """Wait until all have ended, and return after how many seconds the last one did."""
        wait_for(lambda: self.still_open == 0, within, f"the end of {self.size} streams")
        return max(self.ended_at) - moment

    async def visit(self) -> None:
        """Open one stream and read it to its end; like a browser, try again where the server was too busy."""
        for _ in range(BUSY_TRIES):
            head = await self._visit_once()
            if b" 503 " not in head:
                break
            await asyncio.sleep(1)
        if b" 200 " not in head:
            self.refused.append(head)

    async def _visit_once(self) -> bytes:
        address = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        writer.write(f"GET {self.path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookie}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0]
        if b" 200 " in head:
            self.opened += 1
            while (line := await reader.readline()) != b"0\r\n" and line:
                pass
            self.ended_at.append(time.monotonic())
        writer.close()
        return head

    async def all_visit(self, stop: asyncio.Event) -> None:
        """Open every stream, fifty at a time, and hold them until they end or `stop` is set."""
        tasks = []
        for number in range(self.size):
            tasks.append(asyncio.create_task(self.visit()))
            if number % 50 == 49:
                await asyncio.sleep(0.05)
        await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def gathered(*crowds: Crowd, within: float = 30) -> Iterator[None]:
    """Hold the streams of all crowds open; continue once every one of them is open."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def hold() -> None:
        await asyncio.gather(*(crowd.all_visit(stop) for crowd in crowds))

    thread = threading.Thread(target=loop.run_until_complete, args=(hold(),))
    thread.start()
    try:
        for crowd in crowds:
            wait_for(lambda crowd=crowd: crowd.opened + len(crowd.refused) == crowd.size, within, "opening the streams")
            assert crowd.refused == []
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        with contextlib.suppress(RuntimeError):
            loop.close()
