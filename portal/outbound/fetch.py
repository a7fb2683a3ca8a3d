"""One request whose answer is read, to a public address: without redirect or proxy, within ten seconds in all.

For identity providers and schema registries. On a developer's machine (SLUICE_DEVELOPMENT) the server may be on the
machine itself, and without TLS.
"""

import http.client
import socket
import threading
import urllib.request
from contextlib import suppress
from functools import partial
from typing import Any

from portal.outbound.post import Sender
from portal.outbound.url import Target

SECONDS = 10.0
MOST_BYTES = 256 * 1024


def fetched(request: urllib.request.Request, *, is_development: bool) -> bytes:
    """Return the answer's body.

    Raises AddressRefused, NotDelivered, OSError, HTTPException and ValueError.
    """
    line = _Line()
    handlers = [_Http(line, is_development), _Https(line, is_development)]
    opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}), *handlers)
    found: list[bytes | Exception] = []

    def ask() -> None:
        try:
            with opener.open(request, timeout=SECONDS) as answer:
                found.append(answer.read(MOST_BYTES))
        except Exception as fault:  # raised below, in the caller's thread
            found.append(fault)

    thread = threading.Thread(target=ask, daemon=True)  # a timeout of sockets begins anew with each octet
    thread.start()
    thread.join(SECONDS)
    in_time = found[:]  # a connection that we end reads as the end of an answer, so what follows is not the answer
    line.end()  # else a server that sends an octet now and then would keep the thread for weeks
    if not in_time:
        raise TimeoutError
    if isinstance(in_time[0], Exception):
        raise in_time[0]
    return in_time[0]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none: the addresses were checked."""


class _Line:
    """The connection of one request, which can be ended from another thread, while TLS is agreed on too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        self._is_over = False

    def hold(self, connected: socket.socket) -> socket.socket:
        """Keep a second handle of a connection: TLS takes the first. Raises TimeoutError when the time is over."""
        with self._lock:
            if self._is_over:
                connected.close()
                raise TimeoutError
            self._held = connected.dup()
        return connected

    def end(self) -> None:
        """End the connection, and any that is still to be made."""
        with self._lock:
            self._is_over, held, self._held = True, self._held, None
        if held is not None:
            with suppress(OSError):  # it has ended already
                held.shutdown(socket.SHUT_RDWR)
            held.close()


class _Http(urllib.request.HTTPHandler):
    """Only for a developer's machine."""

    def __init__(self, line: _Line, is_development: bool) -> None:
        super().__init__()
        self._line, self._is_development = line, is_development

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        if not self._is_development:
            raise ValueError("https alone")
        return self.do_open(partial(_connection, http.client.HTTPConnection, self._line, False), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, line: _Line, is_development: bool) -> None:
        super().__init__()
        self._line, self._is_development = line, is_development

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Connect to an address that was checked: the name is not resolved a second time."""
        kind = http.client.HTTPSConnection
        return self.do_open(partial(_connection, kind, self._line, not self._is_development), req)


def _connection(
    kind: type[http.client.HTTPConnection], line: _Line, is_checked: bool, host: str, **options: Any
) -> http.client.HTTPConnection:
    def connected(address: tuple[str, int], timeout: float, *_: Any) -> socket.socket:
        name, port = address
        where = Sender().checked_address(Target(name, port, "/")) if is_checked else name
        return line.hold(socket.create_connection((where, port), timeout))

    connection = kind(host, **options)
    connection._create_connection = connected  # type: ignore[attr-defined]  # Python has no public way
    return connection
