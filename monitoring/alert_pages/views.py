"""The list of a tenant's alerts, and the page of one: acknowledge, mute, unmute."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.alert_models import Alert, AlertKind, AlertMute, AlertState
from monitoring.alert_pages.concerned import concerned_by, more_than
from monitoring.alert_pages.forms import AcknowledgeForm, MuteForm
from monitoring.alert_pages.rows import AlertRow, cure_of, history, rule_text
from monitoring.alerts import mutes, selectors
from monitoring.alerts.acknowledgement import acknowledge
from monitoring.alerts.mute_services import mute_alert, unmute
from monitoring.alerts.observation import stream_cause
from onboarding.models.integration import Integration
from portal.tenancy.access import TenantRequest, of_tenant, require, staff_required
from portal.tenancy.models import Tenant
from portal.tenancy.rights import Right

ROWS_PER_PAGE = 50
UNPROCESSABLE = 422


@require_safe
@of_tenant()
def alerts(request: TenantRequest) -> HttpResponse:
    """List a tenant's alerts, the open ones first; the filters are in the address."""
    return _list(request, request.tenant, may_change=Right.SET_UP in request.rights)


@require_safe
@staff_required(Right.BOARD)
def all_alerts(request: HttpRequest) -> HttpResponse:
    """List the alerts of all tenants for staff, who change none."""
    return _list(request, None, may_change=False)


def _list(request: HttpRequest, tenant: Tenant | None, *, may_change: bool) -> HttpResponse:
    filters = {name: request.GET.get(name, "").strip()[:40] for name in ("state", "kind", "stream")}
    filters["kind"] = filters["kind"] if filters["kind"] in AlertKind else ""
    found = selectors.alerts_of(tenant, **filters)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    silenced = mutes.mutes_of(page, tenant.pk if tenant else None, now=timezone.now())
    of_stream = Integration.objects.filter(tenant=tenant, uid=filters["stream"]).first() if tenant else None
    return render(
        request,
        "monitoring/alerts.html",
        {
            "tenant": tenant,
            "rows": [AlertRow(alert, silenced.get(alert.pk)) for alert in page],
            "page": page,
            "filters": filters,
            "query": urlencode({name: value for name, value in filters.items() if value}),
            "is_filtered": any(filters.values()),
            "stream": of_stream,
            "counts": selectors.counts_by_state(tenant),
            "states": [(state.value, state.label) for state in selectors.LISTED],
            "kinds": AlertKind.choices,
            "may_change": may_change,
            "now": timezone.now(),
            "events_url": f"/events/alerts/{tenant.slug if tenant else 'all'}/",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def alert(request: TenantRequest, uid: str) -> HttpResponse:
    """Show one alert with its evidence and history; acknowledge, mute or unmute it."""
    if request.method == "POST":
        require(request, Right.SET_UP)
    rows = Alert.objects.filter(tenant=request.tenant).exclude(state=AlertState.PENDING)
    found = get_object_or_404(rows.select_related("tenant"), uid=uid)
    if request.method != "POST":
        return _page(request, found)
    match request.POST.get("do"):
        case "acknowledge":
            return _acknowledge(request, found)
        case "mute":
            return _mute(request, found)
        case "unmute":
            return _unmute(request, found)
    raise Http404


def _acknowledge(request: TenantRequest, found: Alert) -> HttpResponse:
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, acknowledging=form)
    try:
        acknowledge(alert=found, actor=request.user, note=form.cleaned_data["note"])
    except ValidationError as refused:
        return _refused(request, found, refused)
    messages.success(request, _("Acknowledged. It is not escalated any more."))
    if request.POST.get("back") == "list":
        return redirect("alerts", slug=request.tenant.slug)
    return redirect("alert", slug=request.tenant.slug, uid=found.uid)


def _mute(request: TenantRequest, found: Alert) -> HttpResponse:
    form = MuteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, muting=form)
    values = form.cleaned_data
    try:
        mute_alert(alert=found, ends_at=values["end"], reason=values["reason"], actor=request.user)
    except ValidationError as refused:
        if not hasattr(refused, "error_dict"):
            return _refused(request, found, refused)
        form.add_error(None, refused)
        return _page(request, found, muting=form)
    messages.success(request, _("Muted. No one is notified of this alert until then."))
    return redirect("alert", slug=request.tenant.slug, uid=found.uid)


def _unmute(request: TenantRequest, found: Alert) -> HttpResponse:
    mute = mutes.mute_of(found, now=timezone.now())
    try:
        if mute is not None:
            unmute(mute=mute, actor=request.user)
    except ValidationError as refused:
        return _refused(request, found, refused)
    messages.success(request, _("Unmuted."))
    return redirect("alert", slug=request.tenant.slug, uid=found.uid)


def _refused(request: TenantRequest, found: Alert, refused: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(refused.messages))
    return redirect("alert", slug=request.tenant.slug, uid=found.uid)


def _page(
    request: TenantRequest, found: Alert, *, acknowledging: Form | None = None, muting: Form | None = None
) -> HttpResponse:
    concerned = concerned_by(found)
    streams = [each.stream for each in concerned]
    of_it = Q(alert=found) | Q(alert=None, kind=found.kind, integration__in=streams)
    of_stream = found.cause == stream_cause(streams[0].uid) if streams else False
    known = AlertMute.objects.filter(of_it if of_stream else Q(alert=found), tenant=request.tenant)
    return render(
        request,
        "monitoring/alert.html",
        {
            "tenant": request.tenant,
            "alert": found,
            "mute": mutes.mute_of(found, now=timezone.now()),
            "rule": rule_text(found),
            "concerned": concerned,
            "more_streams": more_than(found, len(concerned)),
            "stream": streams[0] if of_stream else None,
            "cure": cure_of(found, streams, may_diagnose=Right.DIAGNOSE in request.rights),
            "history": history(found, list(known[:20])),
            "may_change": Right.SET_UP in request.rights,
            "acknowledging": acknowledging or AcknowledgeForm(),
            "muting": muting or MuteForm(),
            "is_muting": muting is not None,
            "has_errors": bool(acknowledging or muting),
            "events_url": f"/events/alerts/{request.tenant.slug}/",
        },
        status=UNPROCESSABLE if acknowledging or muting else 200,
    )
