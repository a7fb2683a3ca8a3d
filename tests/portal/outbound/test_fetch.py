"""Requests to identity providers: public addresses alone, each resolved once, and an end to every one."""

import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from portal.outbound import fetch
from portal.outbound.url import AddressRefused

PUBLIC = "93.184.215.14"


def get(url: str, *, is_development: bool = False) -> bytes:
    return fetch.fetched(urllib.request.Request(url), is_development=is_development)  # noqa: S310  (ours)


@pytest.mark.parametrize("addresses", [["10.0.0.5"], ["127.0.0.1"], ["169.254.169.254"], [PUBLIC, "fd00::1"]])
def test_a_name_with_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(AddressRefused):
        get("https://id.example/x")


def test_the_address_that_was_checked_is_the_one_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError

    answers = iter([[PUBLIC], ["10.0.0.5"]])
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (address, 443)) for address in next(answers)]
    )
    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    with pytest.raises(urllib.error.URLError):
        get("https://id.example:8443/x")
    assert asked == [(PUBLIC, 8443)]


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that sends an octet of its answer every now and then, and never the end."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not ended.wait(0.02):
                    try:
                        connection.sendall(b"x")
                    except OSError:  # the other end has gone
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        ended.set()
        thread.join(timeout=5)


def test_an_answer_that_never_ends_is_not_awaited(monkeypatch: pytest.MonkeyPatch, dripping: str) -> None:
    monkeypatch.setattr(fetch, "SECONDS", 0.1)
    with pytest.raises(TimeoutError):
        get(dripping, is_development=True)


def test_no_thread_is_left_of_an_answer_that_never_ends(monkeypatch: pytest.MonkeyPatch, dripping: str) -> None:
    before = set(threading.enumerate())
    monkeypatch.setattr(fetch, "SECONDS", 0.5)
    with pytest.raises(TimeoutError):
        get(dripping, is_development=True)
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()


def test_what_is_read_after_the_time_is_over_is_not_the_answer(monkeypatch: pytest.MonkeyPatch, dripping: str) -> None:
    before = set(threading.enumerate())
    end = fetch._Line.end

    def ended_and_read(line: fetch._Line) -> None:
        end(line)
        for thread in set(threading.enumerate()) - before:
            thread.join(30)

    monkeypatch.setattr(fetch._Line, "end", ended_and_read)
    monkeypatch.setattr(fetch, "SECONDS", 0.5)
    with pytest.raises(TimeoutError):
        get(dripping, is_development=True)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://id.example/x"])
def test_nothing_but_https_is_connected_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    asked: list[object] = []

    def connect(*given: object, **_: object) -> socket.socket:
        asked.append(given)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ValueError, match="https alone"):
        get(url)
    assert not asked
