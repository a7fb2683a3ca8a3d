"""What every request may hold at most, checked before a view reads it: no NUL character, no endless value.

PostgreSQL stores no NUL, so one in any parameter would fail at the first query. The number of fields and the size of
forms are limited by Django (DATA_UPLOAD_MAX_NUMBER_FIELDS, DATA_UPLOAD_MAX_MEMORY_SIZE), and the size of bodies by
portal.body_limit.
"""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.rate_limits import SIGN_IN, TooManyRequests

NUL = "\0"
WITHOUT_COOKIES = ("/csp-report", "/api/")
MOST_CHARACTERS = 2048
# Tags are the longest that people type: AWS allows 50 of 384 characters.
MOST_CHARACTERS_OF_FIELD = 20 * 1024
# OpenPGP keys and messages are pasted here, and measured by those who read them.
PASTED = "blob"


class CookiesWithoutNul:
    """Ignore cookies with a NUL character: no session has such a key, and PostgreSQL cannot search for one.

    A browser sends none, but a quoted cookie can contain any octet. Where a browser reports by itself, and where a
    program has a token, none is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if NUL in value]:
            del request.COOKIES[name]
        if request.path_info.startswith(WITHOUT_COOKIES):
            request.COOKIES.clear()
        return self.get_response(request)


class RequestLimits:
    """Answer 400 to a NUL character in the path, query or form, and to a parameter or field that is too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if problem := _problem(request):
            return render(request, "request_refused.html", {"problem": problem}, status=400)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Answer 429 with the time to wait where a view met a rate limit."""
        if not isinstance(fault, TooManyRequests):
            return None
        headers = {"Retry-After": str(fault.seconds)}
        context = {"wait": _wait_text(fault.seconds), "is_sign_in": fault.name == SIGN_IN}
        return HttpResponse(render_to_string("429.html", context), status=429, headers=headers)


def _wait_text(seconds: int) -> str:
    if seconds > 90:
        return _("%(minutes)s minutes") % {"minutes": -(-seconds // 60)}
    return ngettext("%(seconds)s second", "%(seconds)s seconds", seconds) % {"seconds": seconds}


def _problem(request: HttpRequest) -> str:
    if NUL in request.path or any(NUL in text for text in _texts(request)):
        return _("It contains a NUL character, which text cannot contain.")
    if any(len(text) > MOST_CHARACTERS for text in (request.path, *_values(request.GET))):
        return _("The address is too long. Each part can have %(limit)s characters.") % {
            "limit": f"{MOST_CHARACTERS:,}"
        }
    fields = (text for name, values in request.POST.lists() if name != PASTED for text in (name, *values))
    if any(len(text) > MOST_CHARACTERS_OF_FIELD for text in fields):
        return _("A field is too long. Each can have %(limit)s characters.") % {
            "limit": f"{MOST_CHARACTERS_OF_FIELD:,}"
        }
    return ""


def _texts(request: HttpRequest) -> Iterator[str]:
    for data in (request.GET, request.POST):
        yield from data
        yield from _values(data)


def _values(data: QueryDict) -> Iterator[str]:
    for _name, values in data.lists():
        yield from values
