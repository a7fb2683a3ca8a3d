"""The page of a stream's fields: which there are, of what types, in how many records; for each device kind."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.field_catalogue.kind_fields import KindFields
from monitoring.field_catalogue.kind_services import choose_kind_field
from monitoring.field_catalogue.paths import ANY_SHOWN, is_shown, is_value_shown, path_text
from monitoring.field_catalogue.stored import KEPT, StoredKind, kind_field, stored_kinds
from monitoring.field_catalogue.windows import LEARNED_WINDOWS
from monitoring.field_model import KindScope
from monitoring.field_pages.forms import KindFieldForm
from monitoring.pages.field_changes import change_rows
from monitoring.pages.field_columns import field_columns
from monitoring.pages.field_rows import SORTS, USUAL_SORT, field_rows, in_neutral_order, kind_choices
from monitoring.read_audit.notes import note_answer
from monitoring.read_audit.seen import Seen
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience, audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.stream_topics import topic_of
from monitoring.watched_streams import WatchedStream, watched_stream
from portal import live
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.rights import Right

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def fields(request: TenantRequest, uid: str) -> HttpResponse:
    """Show a stream's fields, or with ?part=fields the part that changes; a POST chooses what names device kinds."""
    if request.method == "POST":
        require(request, Right.SET_UP)
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    kinds, chosen = stored_kinds(stream.integration_id), kind_field(stream.integration_id)
    if request.method != "POST":
        return _page(request, stream, kinds, KindFieldForm(_all(kinds), chosen))
    form = KindFieldForm(_all(kinds), chosen, request.POST)
    if not form.is_valid():
        return _page(request, stream, kinds, form, status=UNPROCESSABLE)
    choose_kind_field(integration_id=stream.integration_id, path=form.path(), actor=request.user)
    messages.success(request, _("Saved. It applies to records that arrive from now on, within a minute."))
    return redirect("fields", slug=request.tenant.slug, uid=uid)


def _page(
    request: TenantRequest,
    stream: WatchedStream,
    kinds: Sequence[StoredKind],
    form: KindFieldForm,
    status: int = 200,
) -> HttpResponse:
    audience = audience_of(request.user, request.tenant, stream.uid)
    live.hold({topic_of(stream.uid, audience): 0}, process="page")  # fields are learned while someone watches
    allowed = allowed_fields(request.tenant.pk) if audience is Audience.MASKED else None
    by = kind_field(stream.integration_id)
    sort = request.GET.get("sort", "")
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "stream": stream,
        "form": form,
        "may_change": Right.SET_UP in request.rights,
        "is_masked": allowed is not None,
        "has_kind_field": bool(by),
        "kind_field": path_text(by) if by and (allowed is None or is_shown(by, allowed)) else "",
        "kept_days": KEPT.days,
        "events_url": f"/events/stream/{stream.uid}/{audience}/",
        **_fields(
            stream,
            kinds,
            request.GET.get("kind", ""),
            sort if sort.removeprefix("-") in SORTS else USUAL_SORT,
            allowed,
            by,
        ),
    }
    if by and (allowed is None or is_value_shown(by, allowed)):
        seen = _values_seen(kinds)
        note_answer(request, stream.uid, ReadSource.KINDS, seen, is_masked=audience is Audience.MASKED)
    is_part = request.GET.get("part") == "fields"
    return render(request, "monitoring/_fields.html" if is_part else "monitoring/fields.html", context, status=status)


def _fields(
    stream: WatchedStream,
    kinds: Sequence[StoredKind],
    wanted: str,
    sort: str,
    allowed: frozenset[str] | None,
    by: tuple[str, ...],
) -> dict[str, Any]:
    """Return what the table shows of one kind: the wanted one, or all records."""
    if not kinds:
        return {"sort": sort, "query": urlencode({"sort": sort})}
    shown = next((kind for kind in kinds if str(kind.pk) == wanted), kinds[0])
    # The value that names a kind is a value: who sees records masked sees it only where its field is allowed.
    names_masked = allowed is not None and not is_value_shown(by, allowed)
    kinds = in_neutral_order(kinds) if names_masked else kinds
    choices = kind_choices(kinds, shown, is_masked=names_masked)
    key = str(shown.pk) if shown is not kinds[0] else ""
    rows = field_rows(shown.fields, sort, allowed)
    changes = change_rows(stream.integration_id, kinds, allowed, names_masked=names_masked)
    paths = [row.path for row in rows] + [change.path for change in changes]
    return {
        "shown": shown,
        "shown_label": next(choice.label for choice in choices if choice.is_chosen),
        "kinds": choices,
        "rows": rows,
        "masked_count": sum(row.is_masked for row in rows),
        "columns": field_columns(sort, key),
        "sort": sort,
        "query": urlencode({"kind": key, "sort": sort}),
        "changes": changes,
        "has_any_name": any(ANY_SHOWN in path.split(".") for path in paths),
        "learned_windows": min(LEARNED_WINDOWS, shown.fields.windows),
        "needed_windows": LEARNED_WINDOWS,
    }


def _values_seen(kinds: Sequence[StoredKind]) -> Seen | None:
    """Return what a person sees whom the values are shown that name kinds: one of a record each."""
    named = [kind for kind in kinds if kind.scope is KindScope.KIND]
    if not named:
        return None
    return Seen(len(named), {}, min(kind.since for kind in named), max(kind.last_at for kind in named))


def _all(kinds: Sequence[StoredKind]) -> KindFields | None:
    return kinds[0].fields if kinds else None
