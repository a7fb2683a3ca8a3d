"""The page of a stream's metrics over a time range that the reader chooses."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from monitoring.charts.frame import Mark
from monitoring.pages.range_charts import RangePanel, plots, range_panels
from monitoring.pages.range_shards import range_heatmap
from monitoring.shards.stored import listed_shards
from monitoring.tasks import request_range
from monitoring.time_ranges.events import Event, events_in
from monitoring.time_ranges.shard_choice import MOST, ShardChoice, chosen_shards
from monitoring.time_ranges.store import Stored, stored
from monitoring.time_ranges.time_range import CUSTOM, NAMED, PERIOD_LABELS, Chosen, chosen
from monitoring.watched_streams import WatchedStream, watched_stream
from portal.tenancy.access import TenantRequest, of_tenant

UNPROCESSABLE = 422


@require_safe
@of_tenant()
def time_range(request: TenantRequest, uid: str) -> HttpResponse:
    """Show a stream's metrics over time; with ?part= their `charts` alone, or their data (`plots`)."""
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    newest = timezone.now() - timedelta(seconds=settings.SLUICE_METRIC_DELAY_SECONDS)
    found = chosen(request.GET.dict(), now=newest)
    choice = _shards(stream, request.GET.get("shards", ""))
    known = None if choice.problem else _known(stream, found, choice.shards)
    events = events_in(stream.integration_id, found.range) if found.range else []
    panels = _panels(stream, found, known, events, choice.shards)
    part = request.GET.get("part", "")
    if part == "plots":
        return JsonResponse(plots(panels, found.range) if found.range else {})
    return render(
        request,
        "monitoring/_time_range.html" if part == "charts" else "monitoring/time_range.html",
        {
            "tenant": request.tenant,
            "stream": stream,
            "chosen": found,
            "is_custom": found.name == CUSTOM,
            "named": [(name, label) for name, (_, label) in NAMED.items()],
            "problems": dict(found.problems),
            "known": known,
            "panels": panels,
            "events": events,
            "period": PERIOD_LABELS[found.range.period] if found.range else "",
            "withheld": known.metrics.withheld if known and known.metrics else (),
            "choice": choice,
            "heatmap": _heatmap(found, known, choice.shards),
            "most_shards": MOST,
            "query": _query(request, choice),
        },
        status=UNPROCESSABLE if found.problems or choice.problem else 200,
    )


def _shards(stream: WatchedStream, typed: str) -> ShardChoice:
    listed = listed_shards(stream.integration_id) if stream.has_shard_metrics else None
    return chosen_shards(typed, listed.shards) if listed is not None else ShardChoice()


def _query(request: TenantRequest, choice: ShardChoice) -> str:
    """Return the query with the shards by number: which are the busiest changes while a page waits."""
    query = request.GET.copy()
    query.pop("part", None)
    if choice.shards:
        query["shards"] = choice.numbers
    return query.urlencode()


def _known(stream: WatchedStream, found: Chosen, shards: tuple[str, ...]) -> Stored | None:
    if found.range is None:
        return None
    known = stored(stream.uid, found.range, shards)
    if known is None and (problem := request_range(stream, found.range, shards)):
        return Stored(problem=problem)
    return known


def _panels(
    stream: WatchedStream, found: Chosen, known: Stored | None, events: list[Event], shards: tuple[str, ...]
) -> tuple[RangePanel, ...]:
    if found.range is None or known is None or known.metrics is None:
        return ()
    marks = [Mark(event.at, event.text) for event in events]
    return range_panels(stream, known.metrics, found.range, marks, shards)


def _heatmap(found: Chosen, known: Stored | None, shards: tuple[str, ...]) -> SafeString:
    if found.range is None or known is None or known.metrics is None:
        return SafeString("")
    return range_heatmap(known.metrics.metrics, shards, found.range)
