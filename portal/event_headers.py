"""The head of an event stream's answer: what Django's own middleware says of the host, of HTTPS, and of security.

Event streams are answered before Django, so the middleware that only reads and writes headers is run here on its own.
"""

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO

from asgiref.typing import HTTPScope
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

# Those of settings.MIDDLEWARE that need neither a session nor a body.
HEADER_MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.security_headers.SecurityHeaders",
)
Headers = list[tuple[bytes, bytes]]


class EventHeaders:
    """Checks the host of a request and returns the headers that a page would have."""

    def __init__(self) -> None:
        chain: Callable[[HttpRequest], HttpResponseBase] = _unanswered
        for name in reversed([name for name in settings.MIDDLEWARE if name in HEADER_MIDDLEWARE]):
            chain = import_string(name)(chain)
        self._chain = chain

    def head(self, scope: HTTPScope) -> tuple[int, Headers]:
        """Return the status that the middleware decides on, 200 where it has no objection, and the headers."""
        request = ASGIRequest({"query_string": b"", **scope}, BytesIO())
        try:
            request.get_host()
        except DisallowedHost:
            return HTTPStatus.BAD_REQUEST, []
        response = self._chain(request)
        return response.status_code, _as_sent(response)

    def headers_of(self, request: HttpRequest) -> Headers:
        """Return the headers that the middleware adds to the answer to a request."""
        return _as_sent(self._chain(request))


def _as_sent(response: HttpResponseBase) -> Headers:
    del response.headers["Content-Type"]
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]


def _unanswered(_request: HttpRequest) -> HttpResponseBase:
    return HttpResponse()
