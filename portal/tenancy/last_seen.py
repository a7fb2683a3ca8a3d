"""When each person was last on a page of a tenant, to the hour: one write an hour in each session, not one a page."""

from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db.models.functions import Now
from django.utils import timezone

from portal.tenancy.models import Membership, Tenant, User

EVERY = timedelta(hours=1)
_KEY = "seen"


def note(user: User, tenant: Tenant, session: SessionBase) -> None:
    """Note that a person of the tenant is there, if this session has not done so for an hour."""
    noted: dict[str, float] = session.get(_KEY, {})
    now = timezone.now().timestamp()
    if now - noted.get(str(tenant.pk), 0) < EVERY.total_seconds():
        return
    session[_KEY] = {**noted, str(tenant.pk): now}
    Membership.objects.filter(user=user, tenant=tenant).update(last_seen_at=Now())
