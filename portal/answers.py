"""The outermost layer of the web process: each request has its ID, and each answer its headers, whatever answers.

Event streams, bodies that are too large and failures outside of Django never reach its middleware. What an error of
any layer leaves unanswered gets a page with the ID, and the error is logged with it.
"""

import logging
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope, Scope
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from portal import request_context
from portal.event_headers import EventHeaders, Headers
from portal.request_context import Origin
from portal.request_ids import HEADER, request_id

log = logging.getLogger(__name__)


def with_answers(application: Any) -> ASGI3Application:
    """Return the ASGI application with an ID and all headers on every answer, and an answer to every request."""
    standard = _standard_headers()

    async def answered(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        found = Origin(request_id(_given(scope)), (scope.get("client") or ("",))[0])
        is_started = False

        async def send_complete(event: ASGISendEvent) -> None:
            nonlocal is_started
            if event["type"] == "http.response.start":
                is_started = True
                own = (HEADER.lower().encode(), found.request_id.encode())
                event["headers"] = _complete(list(event["headers"]), [own, *standard])
            await send(event)

        with request_context.within(found):
            try:
                await application(scope, receive, send_complete)
            except Exception:  # whatever it is, the browser gets an answer and the log its traceback
                log.exception("request.failed path=%s", scope["path"])
                if is_started:
                    raise  # the server ends the connection, so that the answer is not taken for a complete one
                await _apologise(send_complete)

    return answered


def _given(scope: HTTPScope) -> str:
    return dict(scope["headers"]).get(HEADER.lower().encode(), b"").decode("latin-1")


def _complete(headers: list[tuple[bytes, bytes]], standard: Headers) -> list[tuple[bytes, bytes]]:
    there = {name.lower() for name, _ in headers}
    return [*headers, *(header for header in standard if header[0] not in there)]


def _standard_headers() -> Headers:
    """Return the headers of an answer over HTTPS, or over HTTP where the portal does not require HTTPS."""
    request = HttpRequest()
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        request.META[name] = value
    return EventHeaders().headers_of(request)


async def _apologise(send: ASGISendCallable) -> None:
    page = HttpResponse(render_to_string("500.html"), status=500)
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in page.items()]
    await send({"type": "http.response.start", "status": page.status_code, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": page.content, "more_body": False})
