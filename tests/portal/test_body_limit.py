"""Bodies that no form sends are refused before anything of them is read or written."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import body_limit
from portal.body_limit import MOST_BYTES, with_body_limit


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Read the whole body and say how long it was; a client that went away gets no answer."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def asked(pieces: list[bytes], *, stated: int | str | None = None, kind: str = "http") -> list[dict[str, Any]]:
    """Send a body in pieces, with a length that may be said, and return what was answered; received pieces are gone."""
    headers = [] if stated is None else [(b"content-length", str(stated).encode())]
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        body = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    asyncio.run(with_body_limit(echo, most=10)({"type": kind, "headers": headers}, receive, send))
    return answered


@pytest.mark.parametrize("pieces", [[b"x" * 10], [b"x" * 4, b"x" * 6], [b""]])
def test_what_fits_passes(pieces: list[bytes]) -> None:
    length = sum(map(len, pieces))
    assert asked(list(pieces), stated=length)[-1]["body"] == str(length).encode()
    assert asked(pieces)[-1]["body"] == str(length).encode()


def test_what_is_said_to_be_larger_is_dropped_and_refused_with_a_page() -> None:
    start, body = asked([b"x" * 6, b"secret"], stated=12)
    assert start["status"] == 413
    assert b"This is too large" in body["body"]
    assert b"secret" not in body["body"]
    assert dict(start["headers"])[b"content-type"] == b"text/html; charset=utf-8"


def test_no_more_is_received_than_a_browser_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "MOST_DROPPED", 20)
    pieces = [b"x" * 6] * 10
    assert asked(pieces, stated=60)[0]["status"] == 413
    assert len(pieces) == 6


def test_a_body_that_does_not_arrive_is_not_awaited_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "DROPPING_SECONDS", 0.01)
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(5)
        return {}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    scope = {"type": "http", "headers": [(b"content-length", b"11")]}
    asyncio.run(asyncio.wait_for(with_body_limit(echo, most=10)(scope, receive, send), 10))
    assert answered[0]["status"] == 413


def test_what_turns_out_larger_is_cut_off() -> None:
    assert asked([b"x" * 6, b"x" * 6]) == []


def test_the_limit_is_below_what_django_writes_to_disk(settings: Any) -> None:
    assert MOST_BYTES < settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert MOST_BYTES > settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_a_length_of_5000_digits_is_refused_like_any_too_long() -> None:
    assert asked([b"x"], stated="9" * 5000)[0]["status"] == 413


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=6), min_size=1, max_size=5), st.booleans())
def test_a_body_passes_exactly_where_it_is_within_the_limit(pieces: list[bytes], is_stated: bool) -> None:
    length = sum(map(len, pieces))
    answered = asked(pieces, stated=length if is_stated else None)
    statuses = [message["status"] for message in answered if message["type"] == "http.response.start"]
    assert statuses == ([200] if length <= 10 else [413] if is_stated else [])


@pytest.mark.parametrize("stated", ["", "-1", "+11", "1e9", "0x20", " 11", "\u0661\u0661"])
def test_a_length_that_is_no_number_is_not_believed_and_the_body_is_counted(stated: str) -> None:
    assert asked([b"x" * 4], stated=stated)[0]["status"] == 200
    assert asked([b"x" * 6, b"x" * 6], stated=stated) == []


def test_a_body_that_is_larger_than_was_stated_is_cut_off() -> None:
    assert asked([b"x" * 6, b"x" * 6], stated=3) == []


def test_what_is_no_request_is_passed_on_unlimited() -> None:
    assert asked([b"x" * 12], stated=12, kind="websocket")[-1]["body"] == b"12"
