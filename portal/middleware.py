"""Compression of pages where it cannot leak secrets, and fragments of pages."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# Complete queries in which no word can be chosen by someone else.
FIXED_QUERIES = frozenset({"", "part=metrics", "part=records", "refresh=off"})


class PackedPages(GZipMiddleware):
    """Compress HTML with gzip, unless the page may repeat input of the request.

    The size of a compressed page reveals whether input that someone else chose occurs in it twice (BREACH). So answers
    to forms and queries stay uncompressed, and Django adds up to 100 random bytes to every other page.
    See docs/decisions/0010-compressed-pages.md.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress an answer that is a complete HTML page and depends on its address alone."""
        is_html = response.get("Content-Type", "").startswith("text/html")
        is_page = is_html and not response.streaming and response.status_code == HTTPStatus.OK
        if is_page and request.method == "GET" and request.META.get("QUERY_STRING", "") in FIXED_QUERIES:
            return super().process_response(request, response)
        return response


class FragmentsVary:
    """Declare that a fragment is not the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response
