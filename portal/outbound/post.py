"""One POST to an address that a person gave: resolved once, every address checked, sent to the one that was checked.

No redirect is followed, no proxy of the environment is used, and of the answer only the status is read: what a server
inside a network answers is shown to no one. Ten seconds are the limit of everything after the name is resolved.
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from portal.messages.message import Message
from portal.outbound.addresses import is_public
from portal.outbound.url import AddressRefused, Target, parse

SECONDS = 10.0
RESOLVE_SECONDS = 5.0
MOST_HEADER_BYTES = 32 * 1024
_CHUNK = 4096

Resolver = Callable[[str, int], list[str]]
Connector = Callable[[tuple[str, int], float], socket.socket]


class NotDelivered(Exception):
    """A request that got no answer; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


def resolve(host: str, port: int) -> list[str]:
    """Return all addresses of a name, in the order of the resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def connect(address: tuple[str, int], seconds: float) -> socket.socket:
    """Return a connection to an address in numbers. Raises OSError."""
    return socket.create_connection(address, timeout=seconds)


@dataclass(frozen=True)
class Sender:
    """Sends; tests replace the resolver, the network and the certificates, never the checks."""

    resolver: Resolver = resolve
    connector: Connector = connect
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send the body and return the status of the answer. Raises AddressRefused and NotDelivered."""
        target = parse(url)
        address = self.checked_address(target)
        until = time.monotonic() + self.seconds
        try:
            with self._connected(target, address, until) as connection:
                connection.sendall(_request(target, body, headers))
                return _status(connection, until)
        except TimeoutError:
            raise NotDelivered(Message("webhook.no_answer", limit_seconds=self.seconds)) from None
        except http.client.HTTPException:
            raise NotDelivered(Message("webhook.answer_not_http")) from None
        except ssl.SSLError as fault:
            raise NotDelivered(Message("webhook.tls_failed", detail=str(fault.reason or fault))) from None
        except OSError as fault:
            raise NotDelivered(Message("webhook.not_connected", detail=str(fault))) from None

    def checked_address(self, target: Target) -> str:
        """Return an address of the target, all of which are public. Raises AddressRefused and NotDelivered."""
        found = self._resolved(target)
        if not found:
            raise NotDelivered(Message("webhook.name_unknown", host=target.host))
        if not all(map(is_public, found)):  # one private address among public ones is a trick or a mistake
            raise AddressRefused(Message("webhook.address_not_public", host=target.host))
        return found[0]

    def _resolved(self, target: Target) -> list[str]:
        found: list[str] = []

        def ask() -> None:
            try:
                found.extend(self.resolver(target.host, target.port))
            except (OSError, UnicodeError):
                return

        thread = threading.Thread(target=ask, daemon=True)  # the resolver of the system has no time limit
        thread.start()
        thread.join(RESOLVE_SECONDS)
        return list(found)

    def _connected(self, target: Target, address: str, until: float) -> ssl.SSLSocket:
        plain = self.connector((address, target.port), _left(until))
        try:
            plain.settimeout(_left(until))
            return self.tls.wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.host_header}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()] + ["Connection: close"]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header with a line break")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _status(connection: ssl.SSLSocket, until: float) -> int:
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            if len(received) > MOST_HEADER_BYTES:
                raise http.client.HTTPException
            connection.settimeout(_left(until))
            part = connection.recv(_CHUNK)
            if not part:
                break
            received += part
        head, _, received = received.partition(b"\r\n\r\n")
        status = _status_of(head)
        if status >= HTTPStatus.OK:  # 1xx is followed by the answer
            return status


def _status_of(head: bytes) -> int:
    line = head.partition(b"\r\n")[0].decode("latin-1")
    version, _, rest = line.partition(" ")
    code = rest[:3]
    if not version.startswith("HTTP/1.") or not code.isascii() or not code.isdigit():
        raise http.client.BadStatusLine(line)
    return int(code)
