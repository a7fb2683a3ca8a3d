"""What the boards read from the database. Nothing here writes."""

from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from monitoring.models import HealthState, expired_before
from onboarding.integrations.selectors import live_integrations
from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant

_MAX_SEARCH_WORDS = 8


def board(
    tenant: Tenant | None = None, *, now: datetime, search: str = "", state: str = ""
) -> QuerySet[Integration]:
    """Return the streams of a tenant, or of all, worst first; every word of `search` must match one of their fields."""
    rows = live_integrations().select_related("health")
    if tenant is not None:
        rows = rows.filter(tenant=tenant)
    for word in search.split()[:_MAX_SEARCH_WORDS]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(tenant__name__icontains=word)
            | Q(connection__account_id__icontains=word)
            | Q(spec__stream__name__icontains=word)
            | Q(spec__stream__region__icontains=word)
        )
    rows = rows.annotate(shown_state=_shown("health__state", HealthState.UNKNOWN.value, now))
    if state in HealthState.values:
        rows = rows.filter(shown_state=state)
    return rows.annotate(worst_first=_shown("health__rank", HealthState.UNKNOWN.rank, now)).order_by(
        "worst_first", "tenant__name", "name"
    )


def count_by_state(rows: QuerySet[Integration]) -> dict[str, int]:
    """Return how many of the streams are in each state, in one query."""
    grouped = rows.order_by().values_list("shown_state").annotate(number=Count("pk"))
    return dict.fromkeys(HealthState.values, 0) | dict(grouped)


def _shown(field: str, unknown: str | int, now: datetime) -> Case:
    # What was checked too long ago is unknown by now, as is what was never checked.
    return Case(When(health__checked_at__gt=expired_before(now), then=F(field)), default=Value(unknown))
