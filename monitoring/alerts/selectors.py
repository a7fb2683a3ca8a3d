"""Alerts as pages, the board and the command line read them. Nothing here writes."""

from collections.abc import Iterable

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils import timezone

from monitoring.alert_models import SHOWN, Alert, AlertState, AlertStream
from monitoring.alerts.mutes import active
from monitoring.alerts.observation import stream_cause
from portal.tenancy.models import Tenant

MUTED = "muted"
LISTED = (AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.CLOSED)


def alerts_of(tenant: Tenant | None, *, state: str = "", kind: str = "", stream: str = "") -> QuerySet[Alert]:
    """Return the alerts of a tenant, or of all, each with its tenant.

    The open ones come first, then the acknowledged, then the newest that are closed.

    Without a state these are the open and acknowledged ones; `muted` are those of them that are silenced now; `all`
    is every one. `stream` is an integration's uid.
    """
    rows = Alert.objects.filter(state__in=_states(state)).select_related("tenant")
    if tenant is not None:
        rows = rows.filter(tenant=tenant)
    if state == MUTED:
        rows = rows.filter(_is_muted(tenant))
    if kind:
        rows = rows.filter(kind=kind)
    if stream:
        of_it = Q(affected__integration__uid=stream)
        rows = rows.filter(
            of_it if state == "all" else of_it & (Q(affected__left_at=None) | Q(state=AlertState.CLOSED))
        )
    whens = [When(state=each, then=Value(rank)) for rank, each in enumerate(LISTED)]
    return rows.annotate(rank=Case(*whens, output_field=IntegerField())).order_by("rank", "-opened_at", "-pk")


def _is_muted(tenant: Tenant | None) -> Q:
    now = active(tenant.pk if tenant else None, now=timezone.now())
    of_stream = now.filter(alert=None, kind=OuterRef("kind")).annotate(
        cause=Concat(Value(stream_cause("")), "integration__uid")
    )
    of_kind = of_stream.filter(cause=OuterRef("cause"))
    return Q(Exists(now.filter(alert=OuterRef("pk")))) | Q(Exists(of_kind))


def _states(state: str) -> tuple[str, ...]:
    if state in LISTED:
        return (state,)
    return LISTED if state == "all" else SHOWN


def counts_by_state(tenant: Tenant | None) -> dict[str, int]:
    """Return how many alerts a tenant has, or all have, in each state that is shown, in one query."""
    found = Alert.objects.filter(state__in=LISTED)
    found = found if tenant is None else found.filter(tenant=tenant)
    rows = found.order_by().values_list("state")
    return dict.fromkeys(map(str, LISTED), 0) | dict(rows.annotate(number=Count("pk")))


def open_counts(integration_ids: Iterable[int]) -> dict[int, int]:
    """Return how many open or acknowledged alerts each of these streams has, in one query."""
    shown = AlertStream.objects.filter(alert__state__in=SHOWN, left_at=None)
    rows = shown.filter(integration_id__in=list(integration_ids))
    return dict(rows.values_list("integration_id").annotate(number=Count("pk")))


def open_of_stream(integration_id: int) -> list[Alert]:
    """Return the open and acknowledged alerts of a stream, the newest first."""
    rows = Alert.objects.filter(affected__integration_id=integration_id, affected__left_at=None, state__in=SHOWN)
    return list(rows.order_by("-opened_at"))
