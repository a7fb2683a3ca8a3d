"""The scope of a request before its page is known: the signed-in person's own memberships, or nothing."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, resolve

from portal import database_scope
from portal.database_scope import Scope
from portal.tenancy.models import User

# Where no cookie is read: no one is signed in there, the pages of a client's AWS administrator and of the reader of a
# share and the wall display are open to their links, and the API to its tokens.
COOKIELESS = frozenset(
    {
        "healthz",
        "readyz",
        "csp_report",
        "administrator",
        "administrator_template",
        "administrator_script",
        "administrator_terraform",
        "shared_stream",
        "shared_stream_file",
        "wall",
        "token",
        "vendor_events",
        "vendor_keys",
        "vendor_key",
        "vendor_key_in_use",
        "vendor_key_rejected",
        "producer_roles",
        "producer_role",
        "producer_role_report",
    }
)


class RequestScope:
    """Begin each request without a scope, and show its person in which tenants they have a role."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with database_scope.nothing():
            user = None if _is_cookieless(request) else request.user
            if not isinstance(user, User) or not user.is_authenticated:
                return self.get_response(request)
            with database_scope.of_person(user.pk):
                return self.get_response(request)


def _is_cookieless(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).view_name in COOKIELESS
    except Resolver404:
        return False


def scoped_to_its_end(response: HttpResponse) -> HttpResponse:
    """Let a response that is sent in pieces read each of them in this scope, which ends with the view."""
    sent: HttpResponseBase = response  # what a view returns is not always what its type says
    if isinstance(sent, StreamingHttpResponse):
        pieces, scope = sent.streaming_content, database_scope.current()
        sent.streaming_content = _later(pieces, scope) if isinstance(pieces, AsyncIterator) else _each(pieces, scope)
    return response


def _each(pieces: Iterator[Any], scope: Scope) -> Iterator[Any]:
    while True:
        with database_scope.again(scope):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


async def _later(pieces: AsyncIterator[Any], scope: Scope) -> AsyncIterator[Any]:
    while True:
        with database_scope.again(scope):
            piece = await anext(pieces, None)
        if piece is None:
            return
        yield piece


def rendered(response: HttpResponse) -> HttpResponse:
    """Render a response now: Django would render a TemplateResponse when its view's scope has ended."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response
