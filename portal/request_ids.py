"""Gives each request its ID, and the address that it came from, for the log and the audit trail."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal import request_context
from portal.request_context import Origin

HEADER = "X-Request-ID"


class RequestIds:
    """The outermost middleware: what the others do and log is already part of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = Origin(request_id(request.headers.get(HEADER, "")), request.META.get("REMOTE_ADDR", ""))
        with request_context.within(found):
            response = self.get_response(request)
        response.headers[HEADER] = found.request_id
        return response


def request_id(given: str) -> str:
    """Return the ID of the current request: that of the proxy if it is trusted and well-formed, or a new one."""
    if settings.SLUICE_TRUST_REQUEST_ID and request_context.is_well_formed(given):
        return given
    return request_context.origin().request_id or request_context.new_id()
