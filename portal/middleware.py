"""What every page needs on its way out: its headers, and to be packed where that tells nobody anything."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# Whole queries that leave nobody a word to choose.
FIXED_QUERIES = frozenset({"", "part=metrics", "part=records", "refresh=off"})


class PackedPages(GZipMiddleware):
    """Pack HTML with gzip, unless the page may repeat words that came with the request.

    The size of a packed page tells whether words that somebody else chose stand in it twice (BREACH). So an answer to
    a form or to a query goes unpacked, and every other is made up to 100 random bytes longer by Django.
    See docs/decisions/0010-compressed-pages.md.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack an answer that is HTML, whole, and follows from the address alone."""
        is_html = response.get("Content-Type", "").startswith("text/html")
        is_page = is_html and not response.streaming and response.status_code == HTTPStatus.OK
        if is_page and request.method == "GET" and request.META.get("QUERY_STRING", "") in FIXED_QUERIES:
            return super().process_response(request, response)
        return response


class PrivatePages:
    """Keep pages out of every cache and history copy, and tell caches that a fragment is not the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        patch_vary_headers(response, ["HX-Request"])
        return response
