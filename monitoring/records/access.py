"""How a person sees records: in the clear with the right to read values or while they unmask them, else masked."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from monitoring.record_access_model import Unmasking
from portal.database_clock import DatabaseClock
from portal.tenancy.access import has_right, rights_in
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right


class Audience(StrEnum):
    """The two ways in which records are shown."""

    CLEAR = "clear"
    MASKED = "masked"


def audience_of(user: User, tenant: Tenant, stream_uid: str = "") -> Audience:
    """Return how the person sees records of a stream of the tenant, now; without a stream, those of all its streams."""
    rights = rights_in(user, tenant)
    if Right.READ_VALUES in rights:
        return Audience.CLEAR
    may_unmask = Right.UNMASK in rights and _for_stream(user, tenant, stream_uid).exists()
    return Audience.CLEAR if may_unmask else Audience.MASKED


def clear_until(user: User, tenant: Tenant, stream_uid: str) -> datetime | None:
    """Return until when a person sees a stream unmasked; None for those who always do.

    By this host's clock, which an event stream is ended by; PostgreSQL's decides. Without an act that lasts it is now:
    it may have ended since the person was let in.
    """
    if has_right(user, tenant, Right.READ_VALUES):
        return None
    ends_at = _for_stream(user, tenant, stream_uid).order_by("-ends_at").values_list("ends_at", flat=True).first()
    left = ends_at - DatabaseClock().now() if ends_at else timedelta()
    return timezone.now() + max(left, timedelta())


def active_of() -> Q:
    """Return the condition under which an act of unmasking lasts."""
    return Q(ended_at=None, ends_at__gt=Now())


def lasting(user: User, tenant: Tenant) -> QuerySet[Unmasking]:
    """Return the acts of a person in a tenant that last."""
    return Unmasking.objects.filter(active_of(), person=user, tenant=tenant)


def _for_stream(user: User, tenant: Tenant, stream_uid: str) -> QuerySet[Unmasking]:
    return lasting(user, tenant).filter(Q(integration=None) | Q(integration__uid=stream_uid))
