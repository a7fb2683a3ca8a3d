"""Reports of the content security policy: counted by directive, bounded, without cookie, row or content."""

import json
import logging
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from redis import RedisError

from portal import csp_reports, rate_limits
from tests.world import person

pytestmark = pytest.mark.usefixtures("clean_redis")
PAGE = "https://portal.example/t/northwind/?secret=1"


def new(directive: object) -> dict[str, Any]:
    body = {"effectiveDirective": directive, "documentURL": PAGE, "sample": "evil()"}
    return {"type": "csp-violation", "url": PAGE, "body": body}


def old(directive: str) -> dict[str, Any]:
    return {
        "csp-report": {"violated-directive": f"{directive} 'self'", "document-uri": PAGE, "script-sample": "evil()"}
    }


def send(body: object, client: Client | None = None, **more: Any) -> HttpResponse:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return (client or Client(enforce_csrf_checks=True)).post(
        "/csp-report", text, content_type="application/reports+json", **more
    )


@pytest.mark.parametrize(
    ("body", "logged"),
    [
        ([new("script-src-elem"), new("script-src-elem"), new("img-src")], ["script-src-elem 2", "img-src 1"]),
        (old("style-src"), ["style-src 1"]),
        ([new("evil\nline")], ["other 1"]),
        ([new(["a"])], ["other 1"]),
        ([new("img-src")] * 50, ["img-src 20"]),
        ([{"type": "deprecation", "body": {}}, 7, None, {"csp-report": 7}], []),
        ("{", []),
        ("[" * 15000, []),
        (b"\xff", []),
    ],
)
def test_directives_are_counted_and_nothing_else_is_kept(
    body: object, logged: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = send(body)
    assert (answer.status_code, answer.content) == (204, b"")
    found = [record.getMessage().removeprefix("csp.violation directive=") for record in caplog.records]
    assert found == [line.replace(" ", " count=") for line in logged]


@pytest.mark.django_db
def test_no_session_is_read_and_no_cookie_set(django_assert_num_queries) -> None:
    client = Client()
    client.force_login(person("ada@north.example"))
    with django_assert_num_queries(0):
        answer = send([new("img-src")], client)
    assert answer.status_code == 204
    assert not answer.cookies


@pytest.mark.parametrize("length", [csp_reports.MOST_BYTES + 1, 10**9, 0, -1])
def test_its_size_is_bounded(length: int) -> None:
    assert send("{}", CONTENT_LENGTH=str(length)).status_code == 413


def test_a_form_is_no_report() -> None:
    assert Client().post("/csp-report", {"a": "b"}).status_code == 415


def test_its_rate_is_bounded_for_an_address_and_for_all(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "REPORTS_OF_ADDRESS", 2)
    monkeypatch.setattr(rate_limits, "REPORTS_OF_ALL", 3)
    addresses = ["192.0.2.1"] * 4 + ["192.0.2.2"] * 2
    assert {send([new("img-src")], REMOTE_ADDR=address).status_code for address in addresses} == {204}
    assert len(caplog.records) == 3


def test_without_redis_none_is_read(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise RedisError("away")

    monkeypatch.setattr(rate_limits.live, "connect", away)
    with caplog.at_level(logging.WARNING):
        assert send([new("img-src")]).status_code == 204
    assert [record.name for record in caplog.records] == ["portal.rate_limits"]
