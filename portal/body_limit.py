"""Rejects bodies larger than any page sends, before they are read: Django would write large ones to disk.

An upload can be a secret by mistake, and a secret must not be written to disk even for a moment.
A body that is a bit too large is received and dropped: a browser shows the answer only once it has sent everything.
"""

import asyncio
from typing import Any

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPDisconnectEvent,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Scope,
)
from django.template.loader import render_to_string

# Django keeps bodies in memory up to FILE_UPLOAD_MAX_MEMORY_SIZE, 2.5 MB.
_MOST_DIGITS = 18
MOST_BYTES = 2 * 1024 * 1024
MOST_DROPPED = 32 * 1024 * 1024
DROPPING_SECONDS = 30
# portal.answers adds those of every answer.
_HEADERS = [(b"content-type", b"text/html; charset=utf-8"), (b"connection", b"close")]


def with_body_limit(application: Any, most: int = MOST_BYTES) -> ASGI3Application:
    """Return the ASGI application with a limit: 413 where Content-Length exceeds it, a closed connection where the body
    exceeds it.

    https://asgi.readthedocs.io/en/latest/specs/www.html
    """

    async def limited(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif _length(scope) > most:
            await _drop(receive)
            await _refuse(send)
        else:
            await application(scope, _counted(receive, most), send)

    return limited


def _length(scope: HTTPScope) -> int:
    stated = dict(scope["headers"]).get(b"content-length", b"0")
    # Nothing that is sent has a length of so many digits, and Python reads no number of more than 4,300.
    return int(stated[:_MOST_DIGITS]) if stated.isdigit() else 0


def _counted(receive: ASGIReceiveCallable, most: int) -> ASGIReceiveCallable:
    seen = 0

    async def counted() -> ASGIReceiveEvent:
        nonlocal seen
        message = await receive()
        seen += len(message["body"]) if message["type"] == "http.request" else 0
        return message if seen <= most else HTTPDisconnectEvent(type="http.disconnect")

    return counted


async def _drop(receive: ASGIReceiveCallable) -> None:
    dropped, more = 0, True
    try:
        async with asyncio.timeout(DROPPING_SECONDS):
            while more and dropped <= MOST_DROPPED:
                message = await receive()
                more = message["type"] == "http.request" and message["more_body"]
                dropped += len(message["body"]) if message["type"] == "http.request" else 0
    except TimeoutError:
        pass


async def _refuse(send: ASGISendCallable) -> None:
    page = render_to_string("413.html").encode()
    await send(HTTPResponseStartEvent(type="http.response.start", status=413, headers=_HEADERS, trailers=False))
    await send(HTTPResponseBodyEvent(type="http.response.body", body=page, more_body=False))
