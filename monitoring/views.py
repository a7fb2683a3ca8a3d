"""The page of one stream."""

import math

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from monitoring import state_history
from monitoring.alerts import selectors as alert_selectors
from monitoring.field_catalogue.stored import all_records
from monitoring.hot_keys.placement import MOST_KEYS
from monitoring.hot_keys.stored import stored_report
from monitoring.models import HealthState, StreamHealth, state_label
from monitoring.pages.column_choices import column_choices
from monitoring.pages.field_changes import recent_changes
from monitoring.pages.filter_hints import filter_hints
from monitoring.pages.hot_key_notes import seen_in
from monitoring.pages.hot_key_rows import hot_keys_panel
from monitoring.pages.html_cache import metrics_and_state_html, metrics_html
from monitoring.pages.measured import measured, measured_html
from monitoring.pages.reader_rows import readers_panel
from monitoring.pages.states import states_html
from monitoring.read_audit.notes import note_answer, note_read
from monitoring.readers.stored import known_readers
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience, audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.columns import with_cells
from monitoring.records.fair_selection import fairly_selected, newest_first
from monitoring.records.field_paths import version_of
from monitoring.records.filter_counts import FilterCounts, filter_counts
from monitoring.records.live_filter import LiveFilter, live_filter
from monitoring.records.read_counts import ReadCounts, read_counts
from monitoring.records.record_row import VisibleRow, visible_rows
from monitoring.records.sample_buffer import newest_rows
from monitoring.records.selection import MOST_SELECTIONS
from monitoring.records.stream_topics import topic_of, topics_of
from monitoring.records.tap_status import news_times, tap_status
from monitoring.series_store import StoredSeries, stored_series
from monitoring.shard_advice import shard_advice
from monitoring.stream_view_pages.chosen import chosen_in
from monitoring.tasks import request_collection_of
from monitoring.traffic_peaks import measured_traffic
from monitoring.unmasking import acts
from monitoring.watched_streams import WatchedStream, watched_stream
from portal import live
from portal.database_clock import DatabaseClock
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

RECORDS_ON_PAGE = 100
UNPROCESSABLE = 422


@require_safe
@of_tenant()
def stream(request: TenantRequest, uid: str) -> HttpResponse:
    """Show one stream, or with ?part= the part of the page that a browser without event stream polls."""
    found = watched_stream(uid)
    if found is None or found.tenant_slug != request.tenant.slug:
        raise Http404
    audience = audience_of(request.user, request.tenant, uid)
    if (
        request.htmx and request.GET.get("as", audience) != audience
    ):  # unmasking began or ended since the page was loaded
        return HttpResponseClientRefresh()
    allowed = allowed_fields(request.tenant.pk)
    named = chosen_in(request, found.integration_id, audience, allowed, "part")
    chosen = live_filter(uid, named.wanted, audience, allowed, columns=named.columns)
    # Counts no viewer, but the tap reads for 20 s: so the page also works where event streams do not.
    live.hold({topic_of(uid, audience, chosen.key): 0}, process="page")
    part = request.GET.get("part", "")
    if part == "metrics":
        health = _health(found)
        return HttpResponse(metrics_and_state_html(found, health, _series(found)) + measured_html(uid, health))
    wants_rows = found.allow_sampling and part in {"", "records"} and not chosen.is_refused
    rows = _records(request, uid, audience, chosen) if wants_rows else []
    counts = _counts(uid, chosen) if found.allow_sampling and not chosen.is_refused else None
    if part == "records":
        return render(request, "monitoring/_rows.html", {"visible_rows": rows, "is_new": True, "counts": counts})
    if part == "counts":
        template = "monitoring/_filter_counts.html" if chosen.is_filtered else "monitoring/_record_counts.html"
        return render(request, template, {"counts": counts, "most": MOST_SELECTIONS})
    if part == "alerts":
        return render(request, "monitoring/_stream_alerts.html", _alerts(request, found))
    if part == "hot_keys":
        return render(request, "monitoring/_hot_keys.html", _hot_keys(request, found, audience))
    if part == "readers":
        return render(request, "monitoring/_readers.html", _readers(found, _health(found)))
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
            "traffic": (traffic := measured_traffic(health.traffic if health else None)),
            "advice": shard_advice(found, traffic),
            "now": (now := timezone.now()),
            "tap_status": (tap := tap_status(uid)),
            # A page that is loaded after a tap stopped shows how old its status is, not how old the page is.
            **news_times(tap.heard_at if tap and tap.heard_at else now, now),
            "metrics_html": metrics_html(found, health, _series(found)),
            "visible_rows": rows,
            "counts": counts,
            "listed": len(rows),
            "unlisted": counts.unlisted(len(rows)) if isinstance(counts, ReadCounts) else 0,
            "filter": chosen,
            "filter_query": f"&{chosen.full_query}",
            "saved": named.saved,
            "default": named.default,
            "query": chosen.full_query,
            "columns": chosen.columns,
            "seen": column_choices(chosen.columns, rows, {"filter": chosen.typed}),
            "most": MOST_SELECTIONS,
            "hints": filter_hints(
                all_records(found.integration_id) if found.allow_sampling else None,
                chosen.typed,
                chosen.columns.fields,
                allowed if audience is Audience.MASKED else None,
            ),
            **_alerts(request, found),
            **_readers(found, health),
            **_hot_keys(request, found, audience),
            "states_html": states_html(found.integration_id),
            "states_shown": state_history.SHOWN,
            "states_kept": state_history.KEPT,
            "viewers": sum(map(live.watchers, topics_of(uid))),
            "is_masked": audience is Audience.MASKED,
            "audience": audience,
            "field_changes": recent_changes(found.integration_id) if found.allow_sampling else None,
            **_unmasking(request, uid),
            "events_url": f"/events/{topic_of(uid, audience, chosen.key).replace(':', '/')}/",
        },
    )


def _unmasking(request: TenantRequest, uid: str) -> dict[str, object]:
    """Return by which act someone without the right to read values sees them, and how many seconds are left."""
    if Right.READ_VALUES in request.rights or Right.UNMASK not in request.rights:
        return {}
    act = acts.of_person(request.user, request.tenant, uid)
    if act is None:
        return {"may_unmask": True}
    seconds = (act.ends_at - DatabaseClock().now()).total_seconds()
    return {"unmasking": act, "reload_seconds": max(1, math.ceil(seconds) + 1)}


def _alerts(request: TenantRequest, stream: WatchedStream) -> dict[str, object]:
    return {"tenant": request.tenant, "alerts": alert_selectors.open_of_stream(stream.integration_id)}


def _readers(stream: WatchedStream, health: StreamHealth | None) -> dict[str, object]:
    measurements = health.measurements if health else {}
    return {"stream": stream, "readers": readers_panel(stream, measurements, known_readers(stream.integration_id))}


def _hot_keys(request: TenantRequest, stream: WatchedStream, audience: Audience) -> dict[str, object]:
    report = stored_report(stream.uid) if stream.allow_sampling else None
    panel = hot_keys_panel(report, audience)
    note_answer(request, stream.uid, ReadSource.KEYS, seen_in(panel), is_masked=False)
    return {"panel": panel, "most_keys": MOST_KEYS}


def _health(stream: WatchedStream) -> StreamHealth | None:
    return StreamHealth.objects.filter(integration_id=stream.integration_id).first()


def _series(stream: WatchedStream) -> StoredSeries | None:
    stored = stored_series(stream.uid)
    if stored is None or (stream.has_shard_metrics and not stored.has_shards):
        request_collection_of(stream)
    return stored


def _counts(uid: str, chosen: LiveFilter) -> ReadCounts | FilterCounts | None:
    return filter_counts(uid, chosen.key) if chosen.is_filtered else read_counts(uid)


def _records(request: TenantRequest, uid: str, audience: Audience, chosen: LiveFilter) -> list[VisibleRow]:
    """Return the rows of a page, and note that its person is sent them."""
    found = newest_rows(f"{uid}:{chosen.key}" if chosen.is_filtered else uid)
    rows = fairly_selected(newest_first(found), RECORDS_ON_PAGE)
    is_masked, wanted = audience is Audience.MASKED, chosen.selection.wanted
    note_read(request, uid, ReadSource.LIVE, rows, is_masked=is_masked, filter_text=wanted)
    version = "" if audience is Audience.CLEAR else version_of(allowed_fields(request.tenant.pk))
    return with_cells(visible_rows(rows, audience, version), chosen.columns)
