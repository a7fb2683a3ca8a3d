"""Event streams check the host and carry the security headers of pages."""

import asyncio
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from portal.asgi import django_application
from portal.event_headers import HEADER_MIDDLEWARE
from portal.events import with_events

OF_PAGES = {
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "reporting-endpoints",
    "x-permitted-cross-domain-policies",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "cache-control",
}
pytestmark = pytest.mark.django_db(transaction=True)


def ask(host: str, path: str = "/events/run/1/", **scope: Any) -> tuple[int, dict[str, str]]:
    """Ask the web process itself; return the status and the headers."""
    started: dict[str, Any] = {}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            started.update(message)

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    headers = [(b"host", host.encode()), *scope.pop("headers", [])]
    asked = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b"", **scope}
    asyncio.run(asyncio.wait_for(with_events(django_application)(asked, receive, send), 10))
    return started["status"], {name.decode(): value.decode() for name, value in started["headers"]}


def test_another_host_is_refused(clean_redis: str) -> None:
    assert ask("evil.example")[0] == 400
    assert ask("testserver")[0] == 404


@pytest.mark.parametrize("path", ["/events/run/1/", "/events/nothing/"])
def test_the_headers_are_those_of_a_page(clean_redis: str, path: str) -> None:
    page = Client().get("/accounts/login/")
    expected = {name: page.headers[name] for name in OF_PAGES - {"cache-control"}}
    found = ask("testserver", path)[1]
    assert {name: found.get(name) for name in expected} == expected
    assert found["cache-control"] == "no-store"


def test_a_page_has_no_security_header_that_this_test_does_not_know() -> None:
    page = Client().get("/accounts/login/")
    others = {"content-type", "content-length", "vary", "expires", "set-cookie", "content-encoding", "x-request-id"}
    assert {name.lower() for name in page.headers} - others == OF_PAGES


def test_https_is_required_where_pages_require_it(clean_redis: str, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    async def nowhere(*_: object) -> None:
        raise AssertionError("an event stream reached Django")

    found: list[dict[str, Any]] = []

    async def visit(headers: list[tuple[bytes, bytes]]) -> None:
        async def send(message: dict[str, Any]) -> None:
            found.append(message)

        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "path": "/events/nothing/", "query_string": b""}
        await with_events(nowhere)({**scope, "headers": [(b"host", b"testserver"), *headers]}, receive, send)

    asyncio.run(visit([]))
    assert (found[0]["status"], dict(found[0]["headers"])[b"location"]) == (301, b"https://testserver/events/nothing/")
    found.clear()
    asyncio.run(visit([(b"x-forwarded-proto", b"https")]))
    assert dict(found[0]["headers"])[b"strict-transport-security"].startswith(b"max-age=60")


def test_every_middleware_of_headers_is_one_of_the_pages() -> None:
    assert set(HEADER_MIDDLEWARE) <= set(settings.MIDDLEWARE)
