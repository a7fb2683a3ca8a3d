"""Errors of a form come by redirect, so that Back and reload work in the browser and send nothing again.

A view answers a form that it refuses with the page and status 422, the sign-in page with status 200. A browser would
keep that page as the result of a POST: reload and Back ask whether to send the form again. Here the page is kept in
Redis for ten minutes, and the browser is redirected to an address that shows it. See
docs/decisions/0027-errors-of-a-form-by-redirect.md.
"""

import hashlib
import re
import secrets
import zlib
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from redis import RedisError

from portal import live

PARAMETER = "refused"
KEPT_SECONDS = 600
MOST_BYTES = 2 * 1024 * 1024
_ANSWERS = frozenset({HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY})
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class NeverKept(HttpResponse):
    """A page that shows a secret once: it is answered as it is, and rests nowhere."""


def never_kept(page: HttpResponse) -> HttpResponse:
    """Return a page that this module does not keep, because it shows a secret that is shown once."""
    return NeverKept(page.content, status=page.status_code)


class RefusedPages:
    """Redirect a browser whose form was refused to the page that says why; other programs get the page with its 422."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, NeverKept):
            return response
        if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and _is_page(response):
            response.content = _with_title_of_error(response.content)
        if _is_navigation(request) and _is_page(response) and response.status_code in _ANSWERS:
            return _redirected(request, response)
        if request.method == "GET" and response.status_code == HTTPStatus.OK and _is_page(response):
            return _shown_again(request, response)
        return response


def _redirected(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep the page and return the redirect to it; return the page itself while Redis does not answer."""
    token, page, form = secrets.token_urlsafe(16), response.content, _address_of_form(request)
    if len(page) > MOST_BYTES or form is None or not _owner(request):
        return response
    try:
        live.connect().set(_key(request, form.path, token), zlib.compress(page, 1), ex=KEPT_SECONDS)
    except RedisError:
        return response
    query = QueryDict(form.query, mutable=True)
    query[PARAMETER] = token
    redirect = HttpResponseRedirect(f"{form.path}?{query.urlencode()}", status=HTTPStatus.SEE_OTHER)
    redirect.cookies = response.cookies
    return redirect


def _shown_again(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the kept page in place of the one that the view has just rendered, having checked who may see it."""
    token = request.GET.get(PARAMETER, "")
    if not _TOKEN.fullmatch(token):
        return response
    try:
        kept = live.connect().get(_key(request, request.path, token))
    except RedisError:
        return response
    if isinstance(kept, bytes):
        response.content = zlib.decompress(kept)
    return response


def _address_of_form(request: HttpRequest) -> SplitResult | None:
    """Return the address of our page that has the form, which GET shows; that of the POST may allow no GET."""
    try:
        form = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return None
    # A path that begins with two slashes would name another host in the redirect.
    is_ours = form.netloc == request.get_host() and re.match(r"/(?!/)", form.path)
    return form if is_ours else None


def _key(request: HttpRequest, path: str, token: str) -> str:
    """Return the name in Redis, which no other session and no other page can name."""
    owner = f"{_owner(request)}\n{path}\n{token}"
    return f"refused:{hashlib.sha256(owner.encode()).hexdigest()}"


def _owner(request: HttpRequest) -> str:
    """Return what only this browser sends: its session's key, or before signing in the secret of its forms."""
    return request.session.session_key or request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")


def _is_page(response: HttpResponse) -> bool:
    return not response.streaming and response.get("Content-Type", "").startswith("text/html")


def _is_navigation(request: HttpRequest) -> bool:
    """Return whether a browser shows the answer as its page: https://www.w3.org/TR/fetch-metadata/.

    Not in Django's admin, whose lists refuse parameters that they do not know.
    """
    is_page = request.method == "POST" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return is_page and not (request.resolver_match and request.resolver_match.app_name == "admin")


def _with_title_of_error(page: bytes) -> bytes:
    """Return the page whose title begins with "Error", which a screen reader reads first."""
    begun = f"<title>{_('Error')}: ".encode()
    return page if begun in page else page.replace(b"<title>", begun, 1)  # some templates say it themselves
