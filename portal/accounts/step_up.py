"""Confirming who one is before what does harm in the wrong hands: `@confirmed`, for any view of a signed-in person.

Below `of_tenant`, so that someone without access still gets 404. A browser is sent to a page that says why, and from
there back to where it was; ten minutes later it is asked again.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from portal.accounts import second_factors
from portal.tenancy import proof
from portal.tenancy.models import User

Reason = Literal[
    "download", "key_mail", "remove", "revoke", "security", "sign_in_settings", "token", "unmask", "wall_link"
]
# What outlives the session: a second factor that was set up elsewhere meanwhile must be used first.
_OF_ACCOUNT = frozenset({"security", "token"})


def confirmed(reason: Reason) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Open a view only to a person who confirmed who they are within the last ten minutes."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if proof.is_recent(request.session) and not (reason in _OF_ACCOUNT and _owes_second_factor(request)):
                return view(request, *args, **kwargs)
            return to_confirmation(request, reason)

        guarded.needs_confirmation = reason  # type: ignore[attr-defined]  # for the test over all views
        return guarded

    return decorate


def to_confirmation(request: HttpRequest, reason: str) -> HttpResponse:
    """Return the redirect to the page that asks; htmx loads it as a page, not into a part of one."""
    query = {"why": reason, "next": _origin(request)}
    if request.method not in {"GET", "HEAD"}:
        query["again"] = "1"
    url = f"{reverse('confirm')}?{urlencode(query)}"
    return HttpResponseClientRedirect(url) if proof.is_fragment(request) else redirect(url)


def _owes_second_factor(request: HttpRequest) -> bool:
    """Return whether the person has a second factor that this session has not used: it began before, elsewhere."""
    user = request.user
    return isinstance(user, User) and not proof.has_second_factor(request.session) and second_factors.has_any(user)


def _origin(request: HttpRequest) -> str:
    """Return the page to come back to: this one, or for a form the page that has it."""
    if request.method in {"GET", "HEAD"} and not proof.is_fragment(request):
        return request.get_full_path()
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    is_ours = page.netloc == request.get_host() and re.match(r"/(?!/)", page.path)
    return page._replace(scheme="", netloc="", fragment="").geturl() if is_ours else "/"
