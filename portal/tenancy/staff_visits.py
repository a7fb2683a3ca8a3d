"""Visits of the vendor's staff: to a tenant's pages in its own audit trail, for the client to see, and to the admin.

The reason is asked once for each tenant in a session, and stands beside every line that the session leaves there.
"""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from portal.tenancy import audit, proof
from portal.tenancy.models import Tenant, User

EVERY = timedelta(hours=1)
_KEY = "visited"
_EVERY_KEY = "opened_admin"
_REASONS = "visit_reasons"


def record(user: User, tenant: Tenant, session: SessionBase) -> None:
    """Record that a member of staff views the tenant's pages: once an hour in each session, not once a page."""
    visited: dict[str, float] = session.get(_KEY, {})
    now = timezone.now().timestamp()
    if now - visited.get(str(tenant.pk), 0) < EVERY.total_seconds():
        return
    session[_KEY] = {**_recent(visited, now), str(tenant.pk): now}
    audit.record("tenancy:staff:viewed", tenant=tenant, actor=user, about=user, reason=reason_of(session, tenant))


def begin(user: User, tenant: Tenant, session: SessionBase, reason: str) -> None:
    """Record a visit with the reason that its person stated, and keep the reason for the rest of the session."""
    session[_REASONS] = {**session.get(_REASONS, {}), str(tenant.pk): reason}
    session[_KEY] = {pk: at for pk, at in session.get(_KEY, {}).items() if pk != str(tenant.pk)}
    record(user, tenant, session)


def reason_of(session: SessionBase, tenant: Tenant) -> str:
    """Return the reason that was stated for the tenant in this session, or ""."""
    stated: dict[str, str] = session.get(_REASONS, {})
    return stated.get(str(tenant.pk), "")


def lacks_reason(session: SessionBase, tenant: Tenant) -> bool:
    """Return whether staff must state a reason before they view the tenant's pages."""
    return settings.SLUICE_STAFF_REASON and not reason_of(session, tenant)


def to_reason(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Return the redirect to the page that asks for the reason; htmx loads it as a page."""
    home = reverse("tenant_home", kwargs={"slug": tenant.slug})
    is_page = request.method in {"GET", "HEAD"} and not proof.is_fragment(request)
    query = urlencode({"next": request.get_full_path() if is_page else home})
    url = f"{reverse('staff_visit', kwargs={'slug': tenant.slug})}?{query}"
    return HttpResponseClientRedirect(url) if proof.is_fragment(request) else redirect(url)


def record_every(user: User, session: SessionBase) -> None:
    """Record that a member of staff opens the admin, the scope of which is every tenant: once an hour in a session."""
    now = timezone.now().timestamp()
    if now - session.get(_EVERY_KEY, 0) < EVERY.total_seconds():
        return
    session[_EVERY_KEY] = now
    audit.record("tenancy:staff:opened-admin", tenant=None, actor=user)


def _recent(visited: dict[str, float], now: float) -> dict[str, float]:
    return {tenant: at for tenant, at in visited.items() if now - at < EVERY.total_seconds()}
