"""What a session proves about its person: that a second factor was used, and when they last confirmed who they are."""

import time
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from portal.outbox import bell
from portal.tenancy.models import Tenant, User

RECENT_SECONDS = 600
SECOND_FACTOR, CONFIRMED_AT = "second_factor", "confirmed_at"
OF_TENANT = "second_factor_of_tenant"  # whose identity provider says that it checked one


def record(session: SessionBase, *, second_factor: bool = False) -> None:
    """Record that the person has just confirmed who they are, and whether by a second factor."""
    session[CONFIRMED_AT] = time.time()
    if second_factor:
        session[SECOND_FACTOR] = True


def record_of_tenant(session: SessionBase, tenant: Tenant) -> None:
    """Record that the tenant's identity provider checked a second factor: its word counts nowhere else."""
    session[OF_TENANT] = tenant.pk


def has_second_factor(session: SessionBase) -> bool:
    """Return whether a second factor of the person's own was used in this session."""
    return session.get(SECOND_FACTOR) is True


def is_recent(session: SessionBase) -> bool:
    """Return whether the person confirmed who they are within the last ten minutes."""
    confirmed_at: float = session.get(CONFIRMED_AT, 0.0)
    return 0 <= time.time() - confirmed_at < RECENT_SECONDS


def lacks_second_factor(user: User, session: SessionBase, tenant: Tenant | None = None) -> bool:
    """Return whether a second factor is required, of staff or in the tenant, and was not used in this session."""
    of_staff = user.is_staff and settings.SLUICE_STAFF_SECOND_FACTOR
    if has_second_factor(session):
        return False
    if of_staff or tenant is None or not tenant.requires_second_factor:
        return of_staff
    return bool(session.get(OF_TENANT) != tenant.pk)


def reader_of(user: User, session: SessionBase) -> bell.Reader:
    """Return the person as a reader of notifications: what this session may see of them."""
    return bell.Reader(user, has_second_factor(session), session.get(OF_TENANT))


def to_set_up(request: HttpRequest) -> HttpResponse:
    """Return the redirect to the page on which a second factor is set up or used."""
    page = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
    url = f"{reverse('security')}?{urlencode({'required': '1', 'next': page})}"
    return HttpResponseClientRedirect(url) if is_fragment(request) else redirect(url)


def is_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of a page."""
    return bool(getattr(request, "htmx", False))
