"""Visits of the vendor's staff, to a tenant's pages in its own audit trail, for the client to see, and to the admin."""

from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from portal.tenancy import audit
from portal.tenancy.models import Tenant, User

EVERY = timedelta(hours=1)
_KEY = "visited"
_EVERY_KEY = "opened_admin"


def record(user: User, tenant: Tenant, session: SessionBase) -> None:
    """Record that a member of staff views the tenant's pages: once an hour in each session, not once a page."""
    visited: dict[str, float] = session.get(_KEY, {})
    now = timezone.now().timestamp()
    if now - visited.get(str(tenant.pk), 0) < EVERY.total_seconds():
        return
    session[_KEY] = {**_recent(visited, now), str(tenant.pk): now}
    audit.record("tenancy:staff:viewed", tenant=tenant, actor=user, about=user)


def record_every(user: User, session: SessionBase) -> None:
    """Record that a member of staff opens the admin, the scope of which is every tenant: once an hour in a session."""
    now = timezone.now().timestamp()
    if now - session.get(_EVERY_KEY, 0) < EVERY.total_seconds():
        return
    session[_EVERY_KEY] = now
    audit.record("tenancy:staff:opened-admin", tenant=None, actor=user)


def _recent(visited: dict[str, float], now: float) -> dict[str, float]:
    return {tenant: at for tenant, at in visited.items() if now - at < EVERY.total_seconds()}
