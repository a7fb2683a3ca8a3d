"""The page of a stream's history. Each page of records has an address: where reading started, and a cursor."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from redis import RedisError

from monitoring.field_catalogue.stored import all_records
from monitoring.history.answer import Answer
from monitoring.history.cursor import CursorRejected
from monitoring.history.query import LIMITS
from monitoring.history.start import LABELS, From, Start, start_of
from monitoring.history_pages.opened_row import opened_row
from monitoring.history_pages.request import Reader
from monitoring.history_pages.shard_options import shard_options
from monitoring.pages.column_choices import column_choices
from monitoring.pages.filter_hints import FilterHints, filter_hints
from monitoring.records.access import Audience, audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.columns import columns_of, with_cells
from monitoring.shards.stored import listed_shards
from monitoring.silence.calendar import zones
from monitoring.stream_view_pages.chosen import Chosen, chosen_in
from monitoring.tasks import request_collection_of
from monitoring.watched_streams import WatchedStream, watched_stream
from portal.messages.formats import duration
from portal.messages.message import Message
from portal.tenancy.access import TenantRequest, of_tenant

UNPROCESSABLE = 422
_CONFIRM, _CANCEL = "confirm", "cancel"


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def records(request: TenantRequest, uid: str) -> HttpResponse:
    """Show a page of records, or where to start; a POST confirms reading from the oldest record, or cancels."""
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    address, reader = request.GET.dict(), Reader(request, stream)
    if not {"from", "cursor"} & address.keys():
        named = _named(request, stream)
        address |= {"filter": named.wanted, "columns": named.columns}
    start = _start(reader, address)
    if not stream.allow_sampling:
        return _shown(request, stream, start)
    if request.method == "POST":
        return _done(request, reader, start)
    if cursor := address.get("cursor", ""):
        if key := address.get("row", ""):
            return opened_row(reader, cursor, key)
        return _page(reader, start, cursor)
    if "from" not in address or start.problems or start.begins_at_oldest:
        return _shown(request, stream, start, asks=start.begins_at_oldest and not start.problems)
    return redirect(_url(reader, start, reader.cursor(start.query)))


def _done(request: TenantRequest, reader: Reader, start: Start) -> HttpResponse:
    """Do what a form of the page says, and return to the page."""
    cursor = request.GET.get("cursor", "")
    if request.POST.get("do") == _CONFIRM and start.begins_at_oldest and start.query is not None:
        cursor = reader.cursor(start.query)
    elif request.POST.get("do") == _CANCEL and cursor:
        try:
            reader.cancel(cursor)
        except CursorRejected as rejected:
            return _shown(request, reader.stream, start, problem=rejected.message)
        except RedisError:
            return _shown(request, reader.stream, start, problem=Message("history.no_redis"))
    if not cursor:  # a form that is none of the page's
        return redirect("records", slug=reader.stream.tenant_slug, uid=reader.stream.uid)
    return redirect(_url(reader, start, cursor))


def _page(reader: Reader, start: Start, cursor: str) -> HttpResponse:
    request, stream = reader.request, reader.stream
    try:
        answer = reader.answer(cursor)
    except CursorRejected as rejected:
        return _shown(request, stream, start, problem=rejected.message)
    except RedisError:
        return _shown(request, stream, start, problem=Message("history.no_redis"))
    return _shown(request, stream, start, answer=answer, reader=reader)


def _shown(
    request: TenantRequest,
    stream: WatchedStream,
    start: Start,
    *,
    asks: bool = False,
    problem: Message | None = None,
    answer: Answer | None = None,
    reader: Reader | None = None,
) -> HttpResponse:
    listed = listed_shards(stream.integration_id)
    if listed is None:
        request_collection_of(stream)
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "stream": stream,
        "start": start,
        "problem": problem,
        "asks": asks,
        "answer": answer,
        "labels": LABELS.items(),
        "from_label": LABELS[From(start.typed["from"])],
        "limits": LIMITS,
        "zones": zones(),
        "shards": shard_options(listed.shards if listed else (), start.typed["shard"]),
        "is_masked": audience_of(request.user, request.tenant, stream.uid) is Audience.MASKED,
        "query": _without_part(request),
        "saved": (named := _named(request, stream)).saved,
        "default": named.default,
        "view_query": urlencode({name: start.typed[name] for name in ("filter", "columns")}),
        "columns": (columns := columns_of(start.typed["columns"])),
        "rows": (rows := with_cells(answer.rows, columns) if answer else []),
        "seen": column_choices(columns, rows, _without_columns(request)),
        "hints": _hints(request, stream, start),
        "retention": duration(stream.retention_hours * 3600),
    }
    if answer is not None and reader is not None:
        context |= _links(reader, start, answer)
    is_part = request.GET.get("part") == "page" and answer is not None
    return render(
        request,
        "monitoring/_history.html" if is_part else "monitoring/history.html",
        context,
        # What was typed is shown with what is wrong: a browser would report another status as an error of the page.
        status=UNPROCESSABLE if problem else 200,
    )


def _hints(request: TenantRequest, stream: WatchedStream, start: Start) -> FilterHints:
    is_masked = audience_of(request.user, request.tenant, stream.uid) is Audience.MASKED
    known = all_records(stream.integration_id) if stream.allow_sampling else None
    allowed = allowed_fields(request.tenant.pk) if is_masked else None
    return filter_hints(known, start.typed["filter"], columns_of(start.typed["columns"]).fields, allowed)


def _links(reader: Reader, start: Start, answer: Answer) -> dict[str, Any]:
    return {
        "has_links": bool(answer.next_query or answer.previous_query or answer.progress.children),
        "next_url": _url(reader, start, reader.cursor(answer.next_query)),
        "previous_url": _url(reader, start, reader.cursor(answer.previous_query)),
        "children": [
            (child, _url(reader, start, reader.cursor(answer.query.of_child(child)), shard=child))
            for child in answer.progress.children
        ],
    }


def _named(request: TenantRequest, stream: WatchedStream) -> Chosen:
    """Return the views that can be chosen, and the default of a page that does not say yet where to start."""
    audience, allowed = audience_of(request.user, request.tenant, stream.uid), allowed_fields(request.tenant.pk)
    return chosen_in(request, stream.integration_id, audience, allowed, "from", "cursor")


def _start(reader: Reader, address: dict[str, str]) -> Start:
    stream = reader.stream
    listed = listed_shards(stream.integration_id)
    known = listed.shards if listed is not None and not listed.omitted else None
    retention = timedelta(hours=stream.retention_hours)
    start = start_of(address, known, retention=retention, now=timezone.now())
    if "filter" in start.problems or reader.may_search(start.typed["filter"]):
        return start
    return replace(start, query=None, problems={**start.problems, "filter": Message("filter.masked")})


def _url(reader: Reader, start: Start, cursor: str, *, shard: str = "") -> str:
    """Return the address of a page of records, "" without a cursor."""
    if not cursor:
        return ""
    url = reverse("records", kwargs={"slug": reader.stream.tenant_slug, "uid": reader.stream.uid})
    typed = {**start.typed, "shard": shard or start.typed["shard"], "cursor": cursor}
    return f"{url}?{urlencode({name: value for name, value in typed.items() if value})}"


def _without_columns(request: TenantRequest) -> dict[str, str]:
    return {name: value for name, value in request.GET.dict().items() if name not in {"columns", "part", "row"}}


def _without_part(request: TenantRequest) -> str:
    query = request.GET.copy()
    query.pop("part", None)
    return query.urlencode()
