"""The page of a stream's shards: each with its hash keys, parents, children and use, and a drawing of the reshards."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monitoring.models import StreamHealth
from monitoring.pages.measured import measured
from monitoring.pages.shard_columns import shard_columns
from monitoring.pages.shard_rows import SORTS, STATES, USUAL_SORT, ShardRow, ShardsPage, shards_page
from monitoring.records.access import audience_of
from monitoring.shards.stored import listed_shards
from monitoring.tasks import request_collection_of
from monitoring.watched_streams import watched_stream
from portal import live
from portal.tenancy.access import TenantRequest, of_tenant

ROWS_PER_PAGE = 100


@require_safe
@of_tenant()
def shards(request: TenantRequest, uid: str) -> HttpResponse:
    """Show a stream's shards, or with ?part=shards the part of the page that changes."""
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    audience = audience_of(request.user, request.tenant, uid)
    live.hold({f"stream:{uid}:{audience}": 0}, process="page")  # shards are listed while someone watches
    sort, state = request.GET.get("sort", ""), request.GET.get("state", "")
    sort = sort if sort.removeprefix("-") in SORTS else USUAL_SORT
    state = state if state in STATES else ""
    listed = listed_shards(stream.integration_id)
    if listed is None:
        request_collection_of(stream)
    found: ShardsPage | None = None
    page = Paginator[ShardRow]((), ROWS_PER_PAGE).get_page(1)
    if listed is not None:
        found = shards_page(listed, retention_hours=stream.retention_hours, sort=sort, state=state)
        page = Paginator(found.rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    template = "monitoring/_shards.html" if request.GET.get("part") == "shards" else "monitoring/shards.html"
    health = StreamHealth.objects.filter(integration_id=stream.integration_id).first()
    return render(
        request,
        template,
        {
            "tenant": request.tenant,
            "stream": stream,
            "found": found,
            "page": page,
            "columns": shard_columns(sort, state),
            "states": STATES.items(),
            "state": state,
            "sort": sort,
            "query": urlencode({"state": state, "sort": sort}),
            "measured": measured(uid, health),
            "events_url": f"/events/stream/{uid}/{audience}/",
        },
    )
