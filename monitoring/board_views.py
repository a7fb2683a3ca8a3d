"""The boards: every stream of a tenant, or of all, one by one or by what their state is based on."""

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring import board_causes, named_views, selectors, wall_screen
from monitoring.alerts import selectors as alert_selectors
from monitoring.board_sorts import SORTS
from monitoring.cause_titles import title_of
from monitoring.models import HealthState
from monitoring.named_view_model import LONGEST_QUERY
from monitoring.pages import board_columns, board_scale
from monitoring.pages.board_address import GROUPED, SCALED_BY_ROW, BoardAddress
from monitoring.pages.board_row import sparkline_in
from monitoring.pages.html_cache import listed_row_html
from onboarding.models.integration import Integration
from portal import live
from portal.tenancy.access import TenantRequest, of_tenant, staff_required
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right

ROWS_PER_PAGE = 100
UNPROCESSABLE = 422
_LONGEST_SHOWN = 2000  # of a name that was refused
_DESCENDING_FIRST = frozenset(sort.column for sort in SORTS.values() if sort.starts_descending)


class CountedPaginator(Paginator[Integration]):
    """A paginator of rows that were counted already."""

    def __init__(self, rows: QuerySet[Integration], per_page: int, counted: int) -> None:
        super().__init__(rows, per_page)
        self.count = counted


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Right.BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """Show operators every stream, worst first; a POST saves or removes a view of the person."""
    return _changed(request, None) if request.method == "POST" else _board(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def streams(request: TenantRequest) -> HttpResponse:
    """Show a tenant its own streams, worst first; a POST saves or removes a view of the person."""
    return _changed(request, request.tenant) if request.method == "POST" else _board(request, request.tenant)


def _changed(request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
    person, name = cast(User, request.user), request.POST.get("name", "")
    address = BoardAddress.of(QueryDict(request.POST.get("query", "")[:LONGEST_QUERY]))
    if request.POST.get("do") == "remove":
        if named_views.remove(person=person, tenant=tenant, name=name):  # else it was removed in another tab
            messages.success(request, _("Removed the view “%(name)s”.") % {"name": name})
        return redirect(f"{request.path}?{address.query()}")
    try:
        view, is_replaced = named_views.save(person=person, tenant=tenant, name=name, address=address)
    except ValidationError as refused:
        typed = {"view_name": name[:_LONGEST_SHOWN], "view_error": refused.messages[0]}
        return _board(request, tenant, address=address, more=typed, status=UNPROCESSABLE)
    text = _("Replaced the view “%(name)s”.") if is_replaced else _("Saved the view “%(name)s”.")
    messages.success(request, text % {"name": view.name})
    return redirect(f"{request.path}?{view.query}")


def _board(
    request: HttpRequest,
    tenant: Tenant | None,
    *,
    address: BoardAddress | None = None,
    more: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    address, now = address or BoardAddress.of(request.GET), timezone.now()
    if request.GET.get("wall") == "1":
        events_url = f"/events/wall/{tenant.slug if tenant else 'all'}/"
        return wall_screen.response(
            tenant, request.GET, now=now, path=request.path, events_url=events_url, is_linked=False
        )
    board = tenant.slug if tenant else "all"
    live.hold({f"board:{board}": 0}, process="page")  # rows are sent while someone watches
    chosen = selectors.board(tenant, now=now, search=address.q, sort=address.sort)
    if address.cause:
        chosen = board_causes.with_cause(chosen, address.cause, now=now)
    counts = selectors.count_by_state(chosen, now=now)
    listed = selectors.in_state(chosen, address.state)
    context: dict[str, Any] = {
        "tenant": tenant,
        "address": address,
        "filtered_cause": title_of(address.cause),
        "total": sum(counts.values()),
        "state_counts": [(health_state, counts[health_state.value]) for health_state in HealthState],
        "now": now,
        "query": address.query(),
        "page_number": request.GET.get("page", ""),
        "named_views": named_views.of_board(cast(User, request.user), tenant),
        "events_url": f"/events/board/{board}/",
        "streams_url": f"?{address.query(group='')}",
        "all_causes_url": f"?{address.query(cause='')}",
        "wall_links_url": _wall_links_url(request, tenant),
        "with_tenants": tenant is None,
        "causes_url": f"?{address.query(group=GROUPED, cause='', sort='')}",
    }
    if address.group:
        found = board_causes.causes(listed, now=now)
        context["causes"] = [(cause, f"?{_of_cause(address, cause)}") for cause in found]
    else:
        number = counts[address.state] if address.state else sum(counts.values())
        context |= _rows(request, address, listed, number, with_tenant=tenant is None)
    return render(request, "monitoring/board.html", context | dict(more or {}), status=status)


def _wall_links_url(request: HttpRequest, tenant: Tenant | None) -> str:
    """Return the address of the links for screens; "" for a person who may create none."""
    if tenant is None:
        return reverse("all_wall_links")
    may = Right.WALL_DISPLAYS in getattr(request, "rights", ())
    return reverse("wall_links", kwargs={"slug": tenant.slug}) if may else ""


def _of_cause(address: BoardAddress, cause: board_causes.Cause) -> str:
    return address.query(group="", state=cause.state.value, cause=cause.code)


def _rows(
    request: HttpRequest, address: BoardAddress, listed: QuerySet[Integration], number: int, *, with_tenant: bool
) -> dict[str, Any]:
    page = CountedPaginator(listed, ROWS_PER_PAGE, number).get_page(request.GET.get("page"))
    alerts = alert_selectors.open_counts(integration.pk for integration in page)
    is_shared = address.scale != SCALED_BY_ROW
    highest = board_scale.highest_of(sparkline_in(row) for row in page)
    top = board_scale.top_of(highest) if is_shared else 0
    return {
        "rows": [listed_row_html(row, with_tenant=with_tenant, alerts=alerts.get(row.pk, 0), top=top) for row in page],
        "highest": highest,
        "top": top,
        "top_label": board_scale.top_label(top),
        "scale_url": f"?{address.query(scale=SCALED_BY_ROW if is_shared else '')}",
        "columns": board_columns.columns(address, _DESCENDING_FIRST, with_tenant=with_tenant),
        "page": page,
    }
