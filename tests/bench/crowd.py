"""`python -m tests.bench.crowd PORT COUNT PATH`: so many browsers with an event stream open; the cookie comes on stdin.

Says "open N" once all are, notes when each mark ("mark-17-") first reaches each of them, and when a line comes in
answers with all of it as JSON: {"17": [seconds of the monotonic clock, ...]}; ends when standard input does.
"""

import asyncio
import json
import re
import resource
import sys
import time
from collections import defaultdict

_MARK = re.compile(rb"mark-(\d+)-")
_AT_ONCE = 100


class Viewer(asyncio.Protocol):
    """One browser."""

    def __init__(self, request: bytes, seen: dict[str, list[float]]) -> None:
        self._request = request
        self._seen = seen
        self._mine: set[bytes] = set()
        self._tail = b""
        self.answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the event stream."""
        self.is_open = True
        transport.write(self._request)  # type: ignore[attr-defined]  # a transport of a TCP connection

    def data_received(self, data: bytes) -> None:
        """Note what has come, and when."""
        now = time.monotonic()
        if not self.answered.done():
            self.answered.set_result(data.startswith(b"HTTP/1.1 200"))
        text = self._tail + data
        for mark in set(_MARK.findall(text)) - self._mine:
            self._mine.add(mark)
            self._seen[mark.decode()].append(now)
        self._tail = text[-12:]

    def connection_lost(self, error: Exception | None) -> None:
        """Note that it is over."""
        self.is_open = False
        if not self.answered.done():
            self.answered.set_result(False)


async def watch(port: int, count: int, path: str, cookie: str) -> None:
    """Open all of them, and answer until standard input ends."""
    loop = asyncio.get_running_loop()
    seen: dict[str, list[float]] = defaultdict(list)
    headers = f"Host: 127.0.0.1:{port}\r\nCookie: sessionid={cookie}\r\nAccept: text/event-stream\r\n\r\n"
    request = f"GET {path} HTTP/1.1\r\n{headers}".encode()
    gate, viewers = asyncio.Semaphore(_AT_ONCE), list[Viewer]()

    async def open_viewer() -> bool:
        async with gate:
            _, viewer = await loop.create_connection(lambda: Viewer(request, seen), "127.0.0.1", port)
            viewers.append(viewer)
            return await viewer.answered

    opened = await asyncio.gather(*(open_viewer() for _ in range(count)))
    print(f"open {sum(opened)}", flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"open": sum(viewer.is_open for viewer in viewers), "seen": seen}), flush=True)


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(watch(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.stdin.readline().strip()))
