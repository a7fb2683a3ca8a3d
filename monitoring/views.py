"""Pages of stream health: the boards, and the page of one stream."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from redis import RedisError

from monitoring import rendered, samples, selectors, series
from monitoring.models import HealthState, StreamHealth
from monitoring.records import Audience, seen_by
from monitoring.tasks import collect_soon
from onboarding.models.integration import Integration
from portal import live
from portal.tenancy.access import TenantRequest, of_tenant, staff_required
from portal.tenancy.models import StaffRole, Tenant

ROWS_A_PAGE = 100
RECORDS_ON_PAGE = 100
_SOON_SECONDS = 20


@require_GET
@staff_required(StaffRole.OPERATOR, StaffRole.SUPPORT)
def board(request: HttpRequest) -> HttpResponse:
    """Show operators every stream, worst first."""
    return _board(request, None)


@require_GET
@of_tenant()
def streams(request: TenantRequest) -> HttpResponse:
    """Show a tenant its own streams, worst first."""
    return _board(request, request.tenant)


@require_GET
@of_tenant()
def stream(request: TenantRequest, uid: str) -> HttpResponse:
    """Show one stream, or with ?part= the part of the page that a browser without event stream asks for again."""
    found = selectors.stream(uid)
    if found is None or found.tenant_slug != request.tenant.slug:
        raise Http404
    audience = selectors.audience_of(request.user, request.tenant)
    topic = f"stream:{uid}:{audience}"
    # Nobody is counted, but the tap reads for 20 s: so the page also works where event streams do not.
    live.hold({topic: 0}, process="page")
    part = request.GET.get("part", "")
    if part == "metrics":
        return HttpResponse(_metrics(found))
    views = _views(uid, audience) if found.allow_sampling else ()
    if part == "records":
        return render(request, "monitoring/_rows.html", {"views": views, "is_new": True})
    health = StreamHealth.objects.filter(integration_id=found.integration_id).first()
    return render(
        request,
        "monitoring/stream.html",
        {
            "tenant": request.tenant,
            "stream": found,
            "health": health,
            "status": health.status if health else HealthState.UNKNOWN,
            "metrics": rendered.metrics(found, health, _series(found)),
            "views": views,
            "reading": samples.reading(uid),
            "viewers": sum(live.watchers(f"stream:{uid}:{one}") for one in Audience),
            "is_masked": audience is Audience.MASKED,
            "events_url": f"/events/stream/{uid}/{audience}/",
        },
    )


def _board(request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
    search, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")
    everything = selectors.board(tenant)
    shown: QuerySet[Integration] = selectors.board(tenant, search=search, state=state)
    page = Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page"))
    counts = selectors.counts(everything)
    return render(
        request,
        "monitoring/board.html",
        {
            "tenant": tenant,
            "rows": [rendered.row(one, with_tenant=tenant is None) for one in page],
            "page": page,
            "total": sum(counts.values()),
            "states": [(one, counts[one.value]) for one in HealthState],
            "search": search,
            "state": state,
            "events_url": f"/events/board/{tenant.slug if tenant else 'all'}/",
        },
    )


def _metrics(found: selectors.WatchedStream) -> str:
    health = StreamHealth.objects.filter(integration_id=found.integration_id).first()
    return rendered.metrics_with_state(found, health, _series(found))


def _series(found: selectors.WatchedStream) -> series.Written | None:
    kept = series.kept(found.uid)
    if kept is None or (found.has_shard_metrics and not kept.has_shards):
        _ask_soon(found)
    return kept


def _ask_soon(found: selectors.WatchedStream) -> None:
    try:
        is_first = live.connect().set(f"soon:{found.uid}", "1", nx=True, ex=_SOON_SECONDS)
    except RedisError:
        return
    if is_first:
        collect_soon(connection_id=found.connection_id, region=found.region)


def _views(uid: str, audience: Audience) -> object:
    return seen_by(samples.newest(uid, RECORDS_ON_PAGE), audience)
