"""The page on which filters and columns of a stream are saved under a name, removed, and made the default."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import stream_views
from monitoring.records.access import audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.live_filter import checked_selection
from monitoring.records.selection import Selection
from monitoring.stream_view_pages.chosen import query_of
from monitoring.watched_streams import WatchedStream, watched_stream
from portal.messages.catalogue import text_of
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.rights import Right

UNPROCESSABLE = 422
_LONGEST_SHOWN = 2000
_SAVE, _REMOVE, _DEFAULT = "save", "remove", "default"


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def saved_views(request: TenantRequest, uid: str) -> HttpResponse:
    """List the views of a stream that the person can use, with a form for what the address has; a POST changes one."""
    is_shared = request.method == "POST" and request.POST.get("for") == "everyone"
    if is_shared:
        require(request, Right.SET_UP)
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    if request.method != "POST":
        return _page(request, stream, request.GET.get("filter", ""), request.GET.get("columns", ""))
    name, done = request.POST.get("name", ""), request.POST.get("do", "")
    if done == _SAVE:
        return _save(request, stream, name, is_shared=is_shared)
    target: dict[str, Any] = {"integration_id": stream.integration_id, "actor": request.user, "is_shared": is_shared}
    if done == _REMOVE and stream_views.remove(name=name, **target):  # else it was removed in another tab
        messages.success(request, _("Removed the view “%(name)s”.") % {"name": name})
    elif done == _DEFAULT and stream_views.choose_default(name=name, **target):
        text = _("“%(name)s” is the default now.") % {"name": name} if name else _("There is no default any more.")
        messages.success(request, text)
    return redirect("stream_views", slug=request.tenant.slug, uid=uid)


def _save(request: TenantRequest, stream: WatchedStream, name: str, *, is_shared: bool) -> HttpResponse:
    wanted, columns = request.POST.get("filter", ""), request.POST.get("columns", "")
    audience, allowed = audience_of(request.user, request.tenant, stream.uid), allowed_fields(request.tenant.pk)
    selection = checked_selection(wanted, columns, audience, allowed)
    if not isinstance(selection, Selection):
        return _page(request, stream, wanted, columns, name=name, problem=text_of(selection))
    try:
        view, is_replaced = stream_views.save(
            integration_id=stream.integration_id,
            actor=request.user,
            name=name,
            selection=selection,
            is_shared=is_shared,
            is_default=bool(request.POST.get("is_default")),
        )
    except ValidationError as refused:
        return _page(request, stream, wanted, columns, name=name, problem=refused.messages[0])
    text = _("Replaced the view “%(name)s”.") if is_replaced else _("Saved the view “%(name)s”.")
    messages.success(request, text % {"name": view.name})
    return redirect("stream_views", slug=request.tenant.slug, uid=stream.uid)


def _page(
    request: TenantRequest, stream: WatchedStream, wanted: str, columns: str, *, name: str = "", problem: str = ""
) -> HttpResponse:
    audience, allowed = audience_of(request.user, request.tenant, stream.uid), allowed_fields(request.tenant.pk)
    views = stream_views.usable(stream.integration_id, request.user, audience, allowed)
    typed = {"filter": wanted[:_LONGEST_SHOWN], "columns": columns[:_LONGEST_SHOWN]}
    context = {
        "tenant": request.tenant,
        "stream": stream,
        "saved": [(view, query_of(view)) for view in views],
        "typed": typed,
        "query": urlencode(typed),
        "name": name[:_LONGEST_SHOWN],
        "problem": problem,
        "is_default": bool(request.POST.get("is_default")),
        "is_shared": request.POST.get("for") == "everyone",
        "may_share": Right.SET_UP in request.rights,
        "most": stream_views.MOST,
    }
    return render(request, "monitoring/stream_views.html", context, status=UNPROCESSABLE if problem else 200)
