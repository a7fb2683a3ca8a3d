"""What the boards read from the database. Nothing here writes."""

from datetime import datetime

from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, LessThanOrEqual

from monitoring.models import HealthState, lifetime
from onboarding.integrations.selectors import live_integrations
from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant

_MAX_SEARCH_WORDS = 8


def board(tenant: Tenant | None = None, *, now: datetime, search: str = "", state: str = "") -> QuerySet[Integration]:
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
    shown = rows.annotate(shown_state=_shown("state", HealthState.UNKNOWN.value, now))
    if state in HealthState.values:
        shown = shown.filter(Exact(F("shown_state"), state))
    return shown.annotate(worst_first=_shown("rank", HealthState.UNKNOWN.rank, now)).order_by(
        "worst_first", "tenant__name", "name"
    )


def count_by_state(rows: QuerySet[Integration], *, now: datetime) -> dict[str, int]:
    """Return how many of the streams are in each state, in one query."""
    shown = _shown("state", HealthState.UNKNOWN.value, now)
    grouped = rows.order_by().annotate(shown=shown).values_list("shown").annotate(number=Count("pk"))
    return dict.fromkeys(HealthState.values, 0) | dict(grouped)


def _shown(field: str, unknown: str | int, now: datetime) -> Case:
    # What was checked too long ago is unknown by now, as is what was never checked.
    output = CharField() if isinstance(unknown, str) else IntegerField()
    # A row of before has no time of its own.
    in_time = Coalesce(F("health__valid_until"), F("health__checked_at") + lifetime())
    is_expired = When(LessThanOrEqual(in_time, now), then=Value(unknown))
    known = Coalesce(F(f"health__{field}"), Value(unknown), output_field=output)
    return Case(is_expired, default=known, output_field=output)
