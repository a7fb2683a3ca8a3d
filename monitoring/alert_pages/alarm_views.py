"""Alarms and dashboards for the client's own account: what they watch, what they leave out, and the files."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from monitoring.alarms.alarm import Condition
from monitoring.alarms.contents import CannotExport, Contents
from monitoring.alarms.formats import FORMATS, rendered
from monitoring.alarms.head import cost_of
from monitoring.alarms.selectors import accounts_of, contents_of_account, contents_of_stream
from onboarding.integrations.selectors import live_integrations
from onboarding.models.integration import Integration
from portal import rate_limits
from portal.messages.catalogue import explanation_of, text_of
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

_TYPES = {"cloudformation": "application/yaml", "terraform": "text/plain", "grafana": "application/json"}
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A condition as the page lists it."""

    condition: Condition

    @property
    def metrics(self) -> str:
        """Return the names of its metrics."""
        return ", ".join(dict.fromkeys(metric.name for metric in self.condition.metrics))

    @property
    def threshold(self) -> str:
        """Return the threshold as the alert settings show it; "" where alerts of the kind are off."""
        chosen = self.condition.chosen
        return "" if chosen is None else text_of(self.condition.rule.threshold_text(chosen))

    @property
    def evaluated(self) -> str:
        """Return how often the condition must hold: "2 of 2 periods of 5 minutes"."""
        values = {"datapoints": self.condition.datapoints, "periods": self.condition.periods}
        values["minutes"] = self.condition.period // 60
        if values["minutes"] == 1:
            return _("%(datapoints)s of %(periods)s periods of 1 minute") % values
        return _("%(datapoints)s of %(periods)s periods of %(minutes)s minutes") % values


@require_safe
@of_tenant()
def alarms(request: TenantRequest) -> HttpResponse:
    """List the accounts and Regions in which the tenant has streams."""
    context = {"tenant": request.tenant, "accounts": accounts_of(request.tenant)}
    return render(request, "monitoring/alarms.html", context)


@require_safe
@of_tenant()
def stream_alarms(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the alarms of a stream, and what they leave out."""
    stream = _stream(request, uid)
    contents = contents_of_stream(stream, now=timezone.now())
    at = {"slug": request.tenant.slug, "uid": uid}
    files = {form: reverse("stream_alarm_file", kwargs={**at, "form": form}) for form in FORMATS}
    rows = list(map(ConditionRow, contents.conditions))
    return _page(request, contents, files=files, stream=stream, rows=rows)


@require_safe
@of_tenant()
def account_alarms(request: TenantRequest, account: str, region: str) -> HttpResponse:
    """Show which streams of an account and Region have alarms, and what these leave out."""
    try:
        contents = _of_account(request, account, region)
    except CannotExport as refused:
        return _refused(request, refused)
    shown = contents.streams[:MOST_ROWS]
    at = {"slug": request.tenant.slug, "account": account, "region": region}
    files = {form: reverse("account_alarm_file", kwargs={**at, "form": form}) for form in FORMATS}
    return _page(request, contents, files=files, streams=shown, more_streams=len(contents.streams) - len(shown))


@require_safe
@of_tenant(Right.EXPORT)
def stream_alarm_file(request: TenantRequest, uid: str, form: str) -> HttpResponse:
    """Send the alarms of a stream in one format."""
    stream = _stream(request, uid)
    contents = contents_of_stream(stream, now=timezone.now())
    page = reverse("stream_alarms", kwargs={"slug": request.tenant.slug, "uid": uid})
    return _file(request, contents, form, page)


@require_safe
@of_tenant(Right.EXPORT)
def account_alarm_file(request: TenantRequest, account: str, region: str, form: str) -> HttpResponse:
    """Send the alarms of all streams of an account and Region in one format."""
    try:
        contents = _of_account(request, account, region)
    except CannotExport as refused:
        return _refused(request, refused)
    at = {"slug": request.tenant.slug, "account": account, "region": region}
    return _file(request, contents, form, reverse("account_alarms", kwargs=at))


def _stream(request: TenantRequest, uid: str) -> Integration:
    return get_object_or_404(live_integrations().filter(tenant=request.tenant), uid=uid)


def _of_account(request: TenantRequest, account: str, region: str) -> Contents:
    try:
        return contents_of_account(request.tenant, account, region, now=timezone.now())
    except CannotExport as refused:
        if refused.message.code == "alarm.no_streams":
            raise Http404 from refused
        raise


def _refused(request: TenantRequest, refused: CannotExport) -> HttpResponse:
    messages.error(request, explanation_of(refused.message))
    return redirect("alarms", slug=request.tenant.slug)


def _page(request: TenantRequest, contents: Contents, **more: object) -> HttpResponse:
    context = {
        "tenant": request.tenant,
        "contents": contents,
        "cost": cost_of(contents),
        "may_export": Right.EXPORT in request.rights,
        **more,
    }
    return render(request, "monitoring/alarms.html", context)


def _file(request: TenantRequest, contents: Contents, form: str, page: str) -> HttpResponse:
    if form not in FORMATS:
        raise Http404
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    try:
        name, text = rendered(contents, form)
    except CannotExport as refused:
        messages.error(request, explanation_of(refused.message))
        return redirect(page)
    response = HttpResponse(text, content_type=f"{_TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
