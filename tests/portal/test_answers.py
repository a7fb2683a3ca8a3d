"""Whatever answers a request of the web process: it has an ID, all headers, and an answer in any case."""

import asyncio
import logging
from typing import Any

import pytest
from django.conf import settings

from portal import asgi, request_context
from portal.answers import with_answers
from tests.answers import missing_headers

SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "client": ("198.51.100.7", 4711)}


def answered(application: Any, headers: dict[str, str] | None = None, **scope: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    received = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not received:
            await asyncio.Event().wait()  # the browser stays
        return received.pop()

    given = [
        (name.lower().encode(), value.encode()) for name, value in ({"Host": "testserver"} | (headers or {})).items()
    ]
    asyncio.run(asyncio.wait_for(application({**SCOPE, "headers": given, **scope}, receive, send), 10))
    return sent


def headers_of(sent: list[dict[str, Any]]) -> dict[str, str]:
    return {
        name.decode().title().replace("X-Request-Id", "X-Request-ID"): value.decode()
        for name, value in sent[0]["headers"]
    }


async def broken(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("a part of the process failed")


async def breaking_off(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("too late")


def test_what_fails_outside_of_django_is_answered_with_a_page_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    sent = answered(with_answers(broken))
    headers = headers_of(sent)
    assert (sent[0]["status"], missing_headers(headers)) == (500, [])
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-ID"].encode() in sent[1]["body"]
    assert b"RuntimeError" not in sent[1]["body"]
    assert [record.getMessage() for record in caplog.records] == ["request.failed path=/"]


def test_an_answer_that_has_begun_is_broken_off(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL), pytest.raises(RuntimeError):
        answered(with_answers(breaking_off))


@pytest.mark.parametrize(
    ("headers", "scope", "status"),
    [
        ({"Content-Length": "99999999"}, {"method": "POST"}, 413),
        ({}, {"path": "/events/nothing/"}, 404),
        ({"Host": "evil.example"}, {"path": "/events/nothing/"}, 400),
        ({}, {"path": "/healthz"}, 200),
        ({}, {"path": "/nowhere"}, 404),
    ],
)
def test_every_part_of_the_process_answers_with_all_headers(headers: Any, scope: Any, status: int) -> None:
    sent = answered(asgi.application, headers, **scope)
    found = headers_of(sent)
    assert (sent[0]["status"], missing_headers(found)) == (status, [])
    names = [name for name, _ in sent[0]["headers"]]
    assert len(names) == len(set(names))


def test_the_layers_below_know_the_request() -> None:
    seen: list[request_context.Origin] = []

    async def layer(scope: Any, receive: Any, send: Any) -> None:
        seen.append(request_context.origin())
        await send({"type": "http.response.start", "status": 204, "headers": []})

    sent = answered(with_answers(layer))
    assert (seen[0].address, seen[0].request_id) == ("198.51.100.7", headers_of(sent)["X-Request-ID"])


def test_over_https_browsers_are_told_to_stay_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"))
    monkeypatch.setattr(settings, "SECURE_HSTS_SECONDS", 31536000)
    monkeypatch.setattr(settings, "SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    headers = headers_of(answered(with_answers(broken)))
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
