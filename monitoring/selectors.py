"""What the boards read from the database. Nothing here writes."""

from datetime import datetime

from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact, LessThanOrEqual

from monitoring.board_sorts import SORTS, STREAM, key_created_at
from monitoring.models import HealthState, lifetime
from onboarding.integrations.selectors import live_integrations
from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant

_MAX_SEARCH_WORDS = 8


# What a row of a board shows, and no more: a thousand whole rows take longer to read than to show.
_SHOWN = (
    *("uid", "name", "state", "drift_count", "tenant__slug", "tenant__name", "connection__account_id"),
    *("health__state", "health__message", "health__checked_at", "health__valid_until", "health__integration_id"),
)


def board(
    tenant: Tenant | None = None, *, now: datetime, search: str = "", state: str = "", sort: str = ""
) -> QuerySet[Integration]:
    """Return the streams of a tenant, or of all; every word of `search` must match one of their fields.

    `sort` is a column of SORTS, with a minus for descending; without one the worst come first. Streams without a value
    come last. Each row has what a board shows, with its measurements and sparkline as text.
    """
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
    rows = rows.annotate(shown_state=_shown("state", HealthState.UNKNOWN.value, now))
    return (
        in_state(rows, state)
        .only(*_SHOWN)
        .annotate(
            shown_stream=STREAM,
            shown_region=KT("spec__stream__region"),
            shown_producer=KT("spec__producer"),
            shown_key_at=key_created_at(),
            shown_measurements=Cast("health__measurements", TextField()),
            shown_sparkline=Cast("health__sparkline", TextField()),
        )
        .order_by(*_order(sort, now))
    )


def in_state(rows: QuerySet[Integration], state: str) -> QuerySet[Integration]:
    """Return those of a board's streams that are shown in a state; all of them where it is none."""
    return rows.filter(Exact(F("shown_state"), state)) if state in HealthState.values else rows


def _order(sort: str, now: datetime) -> list[str | Combinable]:
    worst_first: list[str | Combinable] = [_shown("rank", HealthState.UNKNOWN.rank, now), "tenant__name", "name"]
    chosen = SORTS.get(sort.removeprefix("-"))
    if chosen is None:
        return worst_first
    descends = sort.startswith("-") != chosen.is_age
    by = chosen.by.desc(nulls_last=True) if descends else chosen.by.asc(nulls_last=True)
    return [by, *worst_first]


def count_by_state(rows: QuerySet[Integration], *, now: datetime) -> dict[str, int]:
    """Return how many of the streams are in each state, in one query."""
    shown = _shown("state", HealthState.UNKNOWN.value, now)
    grouped = rows.order_by().annotate(shown=shown).values_list("shown").annotate(number=Count("pk"))
    return dict.fromkeys(HealthState.values, 0) | dict(grouped)


def _shown(field: str, unknown: str | int, now: datetime) -> Case:
    # What was checked too long ago is unknown by now, as is what was never checked.
    output = CharField() if isinstance(unknown, str) else IntegerField()
    known = Coalesce(F(f"health__{field}"), Value(unknown), output_field=output)
    return Case(When(is_expired(now), then=Value(unknown)), default=known, output_field=output)


def is_expired(now: datetime) -> LessThanOrEqual:
    """Return the condition of streams that were assessed too long ago to be shown in that state."""
    # A row of before has no time of its own.
    return LessThanOrEqual(Coalesce(F("health__valid_until"), F("health__checked_at") + lifetime()), now)
