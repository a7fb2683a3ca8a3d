"""Rejects bodies larger than any page sends, before they are read: Django would write large ones to disk.

An upload can be a secret by mistake, and a secret must not be written to disk even for a moment.
"""

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

# Django keeps bodies in memory up to FILE_UPLOAD_MAX_MEMORY_SIZE, 2.5 MB.
_MOST_DIGITS = 18
MOST_BYTES = 2 * 1024 * 1024
TOO_LARGE = b"This is larger than 2 MB, the limit of every form in Sluice. Nothing was stored. Choose a smaller file.\n"


def with_body_limit(application: Any, most: int = MOST_BYTES) -> ASGI3Application:
    """Return the ASGI application with a limit: 413 where Content-Length exceeds it, a closed connection where the body
    exceeds it.

    https://asgi.readthedocs.io/en/latest/specs/www.html
    """

    async def limited(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif _length(scope) > most:
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


async def _refuse(send: ASGISendCallable) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send(HTTPResponseStartEvent(type="http.response.start", status=413, headers=headers, trailers=False))
    await send(HTTPResponseBodyEvent(type="http.response.body", body=TOO_LARGE, more_body=False))
