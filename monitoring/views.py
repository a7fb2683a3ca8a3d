"""The pages of stream health: the boards, and the page of one stream."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitoring import selectors, state_history
from monitoring.alerts import selectors as alert_selectors
from monitoring.models import HealthState, StreamHealth, state_label
from monitoring.pages import board_columns
from monitoring.pages.html_cache import listed_row_html, metrics_and_state_html, metrics_html
from monitoring.pages.measured import measured, measured_html
from monitoring.pages.states import states_html
from monitoring.records.access import Audience, audience_of
from monitoring.records.fair_selection import fairly_selected, newest_first
from monitoring.records.read_counts import read_counts
from monitoring.records.record_row import VisibleRow, visible_rows
from monitoring.records.sample_buffer import newest_rows
from monitoring.records.tap_status import news_times, tap_status
from monitoring.series_store import StoredSeries, stored_series
from monitoring.tasks import request_collection_of
from monitoring.watched_streams import WatchedStream, watched_stream
from onboarding.models.integration import Integration
from portal import live
from portal.tenancy.access import TenantRequest, of_tenant, staff_required
from portal.tenancy.models import Tenant
from portal.tenancy.rights import Right

ROWS_PER_PAGE = 100
RECORDS_ON_PAGE = 100
_DESCENDING_FIRST = frozenset(sort.column for sort in selectors.SORTS.values() if sort.starts_descending)


class CountedPaginator(Paginator[Integration]):
    """A paginator of rows that were counted already."""

    def __init__(self, rows: QuerySet[Integration], per_page: int, counted: int) -> None:
        super().__init__(rows, per_page)
        self.count = counted


@require_safe
@staff_required(Right.BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """Show operators every stream, worst first."""
    return _board(request, None)


@require_safe
@of_tenant()
def streams(request: TenantRequest) -> HttpResponse:
    """Show a tenant its own streams, worst first."""
    return _board(request, request.tenant)


@require_safe
@of_tenant()
def stream(request: TenantRequest, uid: str) -> HttpResponse:
    """Show one stream, or with ?part= the part of the page that a browser without event stream polls."""
    found = watched_stream(uid)
    if found is None or found.tenant_slug != request.tenant.slug:
        raise Http404
    audience = audience_of(request.user, request.tenant)
    # Counts no viewer, but the tap reads for 20 s: so the page also works where event streams do not.
    live.hold({f"stream:{uid}:{audience}": 0}, process="page")
    part = request.GET.get("part", "")
    if part == "metrics":
        health = _health(found)
        return HttpResponse(metrics_and_state_html(found, health, _series(found)) + measured_html(uid, health))
    rows = _records(uid, audience) if found.allow_sampling else []
    counts = read_counts(uid) if found.allow_sampling else None
    if part == "records":
        return render(request, "monitoring/_rows.html", {"visible_rows": rows, "is_new": True, "counts": counts})
    if part == "counts":
        return render(request, "monitoring/_record_counts.html", {"counts": counts})
    if part == "states":
        return HttpResponse(states_html(found.integration_id))
    health = _health(found)
    return render(
        request,
        "monitoring/stream.html",
        {
            "tenant": request.tenant,
            "stream": found,
            "status": (status := health.status if health else HealthState.UNKNOWN),
            "state_label": state_label(status, health.message if health else None),
            "measured": measured(uid, health),
            "now": (now := timezone.now()),
            **news_times(now),
            "metrics_html": metrics_html(found, health, _series(found)),
            "visible_rows": rows,
            "counts": counts,
            "listed": len(rows),
            "unlisted": counts.unlisted(len(rows)) if counts else 0,
            "tap_status": tap_status(uid),
            "alerts": alert_selectors.open_of_stream(found.integration_id),
            "states_html": states_html(found.integration_id),
            "states_shown": state_history.SHOWN,
            "states_kept": state_history.KEPT,
            "viewers": sum(live.watchers(f"stream:{uid}:{each}") for each in Audience),
            "is_masked": audience is Audience.MASKED,
            "events_url": f"/events/stream/{uid}/{audience}/",
        },
    )


def _board(request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
    search, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")
    now = timezone.now()
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in selectors.SORTS else ""
    found = selectors.board(tenant, now=now, search=search, state=state, sort=sort)
    counts = selectors.count_by_state(selectors.board(tenant, now=now, search=search), now=now)
    listed = counts[state] if state in counts else sum(counts.values())
    page = CountedPaginator(found, ROWS_PER_PAGE, listed).get_page(request.GET.get("page"))
    alerts = alert_selectors.open_counts(integration.pk for integration in page)
    return render(
        request,
        "monitoring/board.html",
        {
            "tenant": tenant,
            "rows": [
                listed_row_html(integration, with_tenant=tenant is None, alerts=alerts.get(integration.pk, 0))
                for integration in page
            ],
            "columns": board_columns.columns(
                sort, _DESCENDING_FIRST, with_tenant=tenant is None, search=search, state=state
            ),
            "sort": sort,
            "query": board_columns.query(search=search, state=state, sort=sort),
            "page": page,
            "total": sum(counts.values()),
            "state_counts": [(health_state, counts[health_state.value]) for health_state in HealthState],
            "search": search,
            "state": state,
            "now": now,
            "events_url": f"/events/board/{tenant.slug if tenant else 'all'}/",
        },
    )


def _health(stream: WatchedStream) -> StreamHealth | None:
    return StreamHealth.objects.filter(integration_id=stream.integration_id).first()


def _series(stream: WatchedStream) -> StoredSeries | None:
    stored = stored_series(stream.uid)
    if stored is None or (stream.has_shard_metrics and not stored.has_shards):
        request_collection_of(stream)
    return stored


def _records(uid: str, audience: Audience) -> list[VisibleRow]:
    return visible_rows(fairly_selected(newest_first(newest_rows(uid)), RECORDS_ON_PAGE), audience)
