"""One request whose answer is read, to a public address: without redirect or proxy, within ten seconds in all.

For identity providers and schema registries. On a developer's machine (SLUICE_DEVELOPMENT) the server may be on the
machine itself, and without TLS.
"""

import http.client
import socket
import threading
import urllib.request
from typing import Any

from portal.outbound.post import Sender
from portal.outbound.url import Target

SECONDS = 10.0
MOST_BYTES = 256 * 1024


def fetched(request: urllib.request.Request, *, is_development: bool) -> bytes:
    """Return the answer's body.

    Raises AddressRefused, NotDelivered, OSError, HTTPException and ValueError.
    """
    handlers = [] if is_development else [_PublicOnly()]
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
    if not found:
        raise TimeoutError
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none: the addresses were checked."""


class _PublicOnly(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Connect to an address that was checked: the name is not resolved a second time."""
        return self.do_open(_connection, req)


def _connection(host: str, **options: Any) -> http.client.HTTPSConnection:
    connection = http.client.HTTPSConnection(host, **options)
    connection._create_connection = _connected  # type: ignore[attr-defined]  # Python has no public way
    return connection


def _connected(address: tuple[str, int], timeout: float, *_: Any) -> socket.socket:
    host, port = address
    return socket.create_connection((Sender().checked_address(Target(host, port, "/")), port), timeout)
