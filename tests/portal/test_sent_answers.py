"""A download counts when its last byte was sent: over an open connection, in an answer that is what was asked for."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpRequest, HttpResponse

from portal import database_scope, sent_answers
from portal.request_slots import with_slots
from portal.sent_answers import after_sent
from tests.waiting import wait_for
from tests.web_process import served

BODY = b"ciphertext" * 20_000


class Connection:
    """A browser's connection, as a server shows it; it may close after so many bytes."""

    def __init__(self, closes_after: int | None = None) -> None:
        self.received, self.events = 0, list[dict[str, Any]]()
        self.closes_after = closes_after
        self.closed, self.begun = asyncio.Event(), False

    async def receive(self) -> dict[str, Any]:
        if not self.begun:
            self.begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: dict[str, Any]) -> None:
        if event["type"] == "http.response.body" and not event["more_body"]:
            self.closed.set()  # as uvicorn does: after its end, an answer has no connection any more
        if self.closed.is_set() and event.get("body"):
            return
        self.events.append(event)
        self.received += len(event.get("body", b""))
        if self.closes_after is not None and self.received >= self.closes_after:
            self.closed.set()


def application(work: Callable[[], None], status: int = 200, body: bytes = BODY) -> Any:
    async def answered(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        request = HttpRequest()
        vars(request)["scope"] = scope
        after_sent(request, HttpResponse(), work)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"the end", "more_body": False})

    return answered


def requested(connection: Connection, work: Callable[[], None], status: int = 200) -> None:
    served = with_slots(application(work, status), 1)
    asyncio.run(served({"type": "http", "path": "/"}, connection.receive, connection.send))


def test_work_is_done_after_the_last_byte_and_before_it_not() -> None:
    seen: list[int] = []
    connection = Connection()
    requested(connection, lambda: seen.append(connection.received))
    assert seen == [len(BODY) + len(b"the end")]
    assert connection.events[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


@pytest.mark.parametrize("closes_after", [0, 1, len(BODY)])
def test_nothing_is_done_for_a_connection_that_was_closed(closes_after: int) -> None:
    seen: list[str] = []
    requested(Connection(closes_after), lambda: seen.append("done"))
    assert seen == []


@pytest.mark.parametrize("status", [304, 403, 500])
def test_nothing_is_done_for_another_answer_than_was_asked_for(status: int) -> None:
    seen: list[str] = []
    requested(Connection(), lambda: seen.append("done"), status)
    assert seen == []


def test_uvicorn_counts_what_is_read_to_its_end_and_not_what_is_left() -> None:
    done: list[str] = []
    large = application(lambda: done.append("done"), body=BODY * 100)  # more than sockets hold
    with served(with_slots(large, 1)) as address:
        host, port = urlsplit(address).hostname, urlsplit(address).port
        for reads_all in (False, True):
            with socket.create_connection((host, port)) as browser:
                browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                assert browser.recv(1000).startswith(b"HTTP/1.1 200")
                while reads_all and browser.recv(1_000_000):
                    pass
            if reads_all:
                wait_for(lambda: done == ["done"])
    assert done == ["done"]


def test_a_fault_afterwards_does_not_reach_the_receiver(caplog: pytest.LogCaptureFixture) -> None:
    connection = Connection()

    def failing() -> None:
        raise RuntimeError("no database")

    requested(connection, failing)
    assert connection.received == len(BODY) + len(b"the end")
    assert "work_after_sending_failed" in caplog.text


@pytest.mark.django_db  # a response that is closed ends a request
def test_without_such_a_layer_it_is_done_when_the_response_is_closed_and_in_the_views_scope() -> None:
    seen: list[tuple[int, ...]] = []
    with database_scope.of_tenant(7):
        response = after_sent(HttpRequest(), HttpResponse(), lambda: seen.append(database_scope.current().tenants))
    assert seen == []
    response.close()
    assert seen == [(7,)]


def test_work_is_for_one_request() -> None:
    first, second = sent_answers.accept({"type": "http"}), sent_answers.accept({"type": "http"})
    assert first is not second
