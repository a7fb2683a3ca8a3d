"""Visits of the vendor's staff to a tenant's pages: each is in the tenant's audit trail, for the client to see."""

from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from portal.tenancy import audit
from portal.tenancy.models import Tenant, User

EVERY = timedelta(hours=1)
_KEY = "visited"


def record(user: User, tenant: Tenant, session: SessionBase) -> None:
    """Record that a member of staff views the tenant's pages: once an hour in each session, not once a page."""
    visited: dict[str, float] = session.get(_KEY, {})
    now = timezone.now().timestamp()
    if now - visited.get(str(tenant.pk), 0) < EVERY.total_seconds():
        return
    session[_KEY] = {**_recent(visited, now), str(tenant.pk): now}
    audit.record("tenancy:staff:viewed", tenant=tenant, actor=user, about=user)


def _recent(visited: dict[str, float], now: float) -> dict[str, float]:
    return {tenant: at for tenant, at in visited.items() if now - at < EVERY.total_seconds()}
