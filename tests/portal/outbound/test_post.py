"""A POST goes to the address that was checked, once; what a server answers decides nothing but the status."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import trustme

from portal.outbound.post import NotDelivered, Sender
from portal.outbound.url import AddressRefused

PUBLIC = "93.184.216.34"
URL = "https://hooks.example/in?x=1"
OK = b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


class Server:
    """A TLS server on loopback that answers as it is given, and keeps what it received."""

    def __init__(self, authority: trustme.CA, host: str, answer: Callable[[ssl.SSLSocket], None]) -> None:
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(host).configure_cert(self.tls)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.answer, self.received = answer, b""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            plain, _ = self.listener.accept()
            with self.tls.wrap_socket(plain, server_side=True) as connection:
                self.received = connection.recv(65536)
                self.answer(connection)
        except OSError:  # the client hung up, which some tests are about
            return

    def connect(self, _: tuple[str, int], seconds: float) -> socket.socket:
        return socket.create_connection(self.listener.getsockname(), timeout=seconds)


@pytest.fixture
def start(authority: trustme.CA) -> Iterator[Callable[..., tuple[Server, Sender]]]:
    servers: list[Server] = []

    def started(answer: bytes | Callable[[ssl.SSLSocket], None] = OK, **options: object) -> tuple[Server, Sender]:
        write = answer if callable(answer) else lambda connection: connection.sendall(answer)
        server = Server(authority, str(options.pop("host", "hooks.example")), write)
        servers.append(server)
        tls = ssl.create_default_context()
        authority.configure_trust(tls)
        defaults = {"resolver": lambda _host, _port: [PUBLIC], "connector": server.connect, "tls": tls}
        return server, Sender(**{**defaults, **options})

    yield started
    for server in servers:
        server.listener.close()


def code(sender: Sender, url: str = URL) -> str:
    with pytest.raises((NotDelivered, AddressRefused)) as refused:
        sender.post(url, b"{}", {})
    return refused.value.message.code


def test_the_request_names_the_host_and_goes_to_the_checked_address(start) -> None:
    asked: list[tuple[str, int]] = []
    server, sender = start(connector=lambda address, seconds: asked.append(address) or server.connect(address, seconds))
    assert sender.post(URL, b'{"a":1}', {"webhook-id": "msg_1"}) == 204
    assert asked == [(PUBLIC, 443)]
    head, _, body = server.received.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST /in?x=1 HTTP/1.1",
        b"Host: hooks.example",
        b"Content-Length: 7",
        b"webhook-id: msg_1",
        b"Connection: close",
    ]
    assert body == b'{"a":1}'


def test_a_name_that_resolves_differently_the_second_time_is_asked_once(start) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    asked: list[tuple[str, int]] = []
    server, sender = start(
        resolver=lambda _host, _port: next(answers),
        connector=lambda address, seconds: asked.append(address) or server.connect(address, seconds),
    )
    assert sender.post(URL, b"{}", {}) == 204
    assert asked == [(PUBLIC, 443)]
    assert code(sender) == "webhook.address_not_public"
    assert len(asked) == 1


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"], [PUBLIC, "10.0.0.1"], ["fd00:ec2::254"]]
)
def test_a_name_with_any_private_address_is_not_connected_to(start, addresses: list[str]) -> None:
    server, sender = start(resolver=lambda _host, _port: addresses)
    assert code(sender) == "webhook.address_not_public"
    assert server.received == b""


def test_a_redirect_is_an_answer_and_not_followed(start) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/\r\n\r\n"
    resolved: list[str] = []
    _, sender = start(moved, resolver=lambda host, _port: resolved.append(host) or [PUBLIC])
    assert sender.post(URL, b"{}", {}) == 302
    assert resolved == ["hooks.example"]


def test_a_proxy_of_the_environment_is_not_used(start, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert start()[1].post(URL, b"{}", {}) == 204


def drip(connection: ssl.SSLSocket) -> None:
    for letter in b"HTTP/1.1 200 OK" + b" " * 100:
        connection.sendall(bytes([letter]))
        time.sleep(0.02)


def flood(connection: ssl.SSLSocket) -> None:
    while True:
        connection.sendall(b"x" * 65536)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (drip, "webhook.no_answer"),
        (lambda connection: time.sleep(1), "webhook.no_answer"),
        (flood, "webhook.answer_not_http"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "webhook.answer_not_http"),
        (b"", "webhook.answer_not_http"),
        (b"HTTP/1.1 20", "webhook.answer_not_http"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "webhook.answer_not_http"),
    ],
    ids=["drip", "silence", "flood", "another protocol", "nothing", "half an answer", "no end"],
)
def test_an_answer_is_bounded_in_time_and_size(start, answer, expected: str) -> None:
    _, sender = start(answer, seconds=0.25)
    began = time.monotonic()
    assert code(sender) == expected
    assert time.monotonic() - began < 5


def test_an_answer_after_100_continue_counts(start) -> None:
    assert start(b"HTTP/1.1 100 Continue\r\n\r\n" + OK)[1].post(URL, b"{}", {}) == 204


def test_a_certificate_of_another_name_is_refused(start) -> None:
    assert code(start(host="other.example")[1]) == "webhook.tls_failed"


def test_what_does_not_resolve_or_connect_is_named(start) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("unknown")

    def away(_address: tuple[str, int], _seconds: float) -> socket.socket:
        raise ConnectionRefusedError(111, "Connection refused")

    assert code(start(resolver=unknown)[1]) == "webhook.name_unknown"
    assert code(start(connector=away)[1]) == "webhook.not_connected"


def test_a_header_with_a_line_break_is_not_sent(start) -> None:
    with pytest.raises(ValueError, match="line break"):
        start()[1].post(URL, b"{}", {"a": "b\r\nHost: c"})
