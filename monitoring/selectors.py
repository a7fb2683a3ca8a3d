"""What the boards read from the database. Nothing here writes."""

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from monitoring.models import HealthState
from onboarding.integrations.selectors import live_integrations
from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant

_MAX_SEARCH_WORDS = 8


def board(tenant: Tenant | None = None, *, search: str = "", state: str = "") -> QuerySet[Integration]:
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
    unknown = HealthState.UNKNOWN
    if state in HealthState.values:
        absent = Q(health__isnull=True) if state == unknown else Q(pk__in=[])
        rows = rows.filter(Q(health__state=state) | absent)
    return rows.annotate(worst_first=Coalesce("health__rank", Value(unknown.rank))).order_by(
        "worst_first", "tenant__name", "name"
    )


def count_by_state(rows: QuerySet[Integration]) -> dict[str, int]:
    """Return how many of the streams are in each state, in one query."""
    state = Coalesce("health__state", Value(HealthState.UNKNOWN.value))
    grouped = rows.order_by().annotate(shown=state).values_list("shown").annotate(number=Count("pk"))
    return dict.fromkeys(HealthState.values, 0) | dict(grouped)
