"""AWS at its worst: an HTTPS proxy in front of the emulator that counts, refuses, loses and delays calls.

Every process of the portal comes through it, the sealing process too, and it sees what really goes over the wire.
"""

import http.client
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from portal.local.ministack import HOST, MiniStack

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
# S3 names no operation on the wire; these are the ones that make something.
S3_CREATES = {("PUT", ""): "CreateBucket"}


@dataclass(frozen=True)
class Answer:
    """What comes back: a status, headers and a body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Request:
    """A call on the wire: AWS's name of the operation, how it wants its errors spelled, and the call itself."""

    operation: str
    dialect: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def error(self, status: int, code: str, message: str = "as asked by a test") -> Answer:
        """An error of AWS in the dialect of the call."""
        if self.dialect == "json":
            kind, body = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
        else:
            inner = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            kind, body = "text/xml", inner if self.dialect == "s3" else f"<ErrorResponse>{inner}</ErrorResponse>"
        return Answer(status, (("Content-Type", kind),), body.encode())


class Lost(Exception):
    """The connection breaks instead of an answer."""


Fault = Callable[[Request, int, Callable[[], Answer]], Answer]


def no_fault(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
    """Let everything through."""
    return carry_out()


class Proxy:
    """The proxy: `.fault` decides over each request; `.seen` counts requests by operation."""

    def __init__(self, ministack: MiniStack) -> None:
        self.fault: Fault = no_fault
        self.seen: Counter[str] = Counter()
        self.order: list[str] = []
        self._lock = threading.Lock()
        self._upstream = ministack.port
        self._trust = ssl.create_default_context(cafile=str(ministack.ca_bundle))
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._server.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        folder = ministack.ca_bundle.parent
        tls.load_cert_chain(folder / "server.pem", folder / "server.key")
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://{HOST}:{self._server.server_port}"

    def decide(self, request: Request) -> Answer:
        """Count a request and let the fault decide."""
        with self._lock:
            self.seen[request.operation] += 1
            self.order.append(request.operation)
            nth = self.seen[request.operation]
        return self.fault(request, nth, lambda: self._carry_out(request))

    def _carry_out(self, request: Request) -> Answer:
        upstream = http.client.HTTPSConnection(HOST, self._upstream, context=self._trust, timeout=30)
        try:
            headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
            upstream.request(request.method, request.path, request.body, headers)
            answer = upstream.getresponse()
            passed_on = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP)
            return Answer(answer.status, passed_on, answer.read())
        finally:
            upstream.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                self.request.settimeout(30)
                super().setup()

            def log_message(self, *_: object) -> None:
                pass

            def do_ANY(self) -> None:
                body = _body_of(self)
                try:
                    answer = proxy.decide(_read(self.command, self.path, dict(self.headers.items()), body))
                except Lost:
                    self.close_connection = True
                    self.connection.close()
                    return
                self._send(answer)

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

        for method in ("GET", "POST", "PUT", "HEAD", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.do_ANY)
        return Handler

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        """Listen for the time of a block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)


def _body_of(handler: BaseHTTPRequestHandler) -> bytes:
    if handler.headers.get("Transfer-Encoding") != "chunked":
        return handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    blocks = b""
    while size := int(handler.rfile.readline(), 16):
        blocks += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return blocks


def _read(method: str, path: str, headers: dict[str, str], body: bytes) -> Request:
    lower = {name.lower(): value for name, value in headers.items()}
    if target := lower.get("x-amz-target"):
        return Request(target.rsplit(".", 1)[-1], "json", method, path, headers, body)
    if b"Action=" in body:
        return Request(parse_qs(body.decode())["Action"][0], "query", method, path, headers, body)
    query = urlsplit(path).query
    return Request(S3_CREATES.get((method, query), f"{method} ?{query}"), "s3", method, path, headers, body)


def lost_answers(operations: set[str], times: int = 1) -> Fault:
    """Carry the first calls of these operations out, and lose the answer."""

    def fault(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        answer = carry_out()
        if request.operation in operations and nth <= times:
            raise Lost
        return answer

    return fault


def refusing(operation: str, times: int, status: int, code: str, message: str = "as asked by a test") -> Fault:
    """Refuse the first calls of an operation without carrying them out."""

    def fault(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation == operation and nth <= times:
            return request.error(status, code, message)
        return carry_out()

    return fault


def hanging(operation: str, seconds: float) -> Fault:
    """Carry an operation out, and answer too late the first time."""

    def fault(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        answer = carry_out()
        if request.operation == operation and nth == 1:
            time.sleep(seconds)
        return answer

    return fault
