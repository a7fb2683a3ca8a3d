"""The pages of thresholds: a tenant's with its escalation, and a stream's with its mutes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.alert_models import AlertMute
from monitoring.alert_pages.forms import KindMuteForm
from monitoring.alert_pages.threshold_form import EscalationForm, Typed, stored, typed
from monitoring.alerts import mutes, selectors
from monitoring.alerts.escalation import settings_of
from monitoring.alerts.mute_services import mute_kind, unmute
from monitoring.alerts.rules import OF_STREAM, RULES
from monitoring.alerts.threshold_services import save_settings, set_thresholds
from monitoring.alerts.thresholds import thresholds_of
from onboarding.integrations.selectors import live_integrations
from onboarding.models.integration import Integration
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.rights import Right
from portal.tenancy.selectors import people_of

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def alert_thresholds(request: TenantRequest) -> HttpResponse:
    """Show a tenant's thresholds and escalation, and change them."""
    if request.method != "POST":
        return _of_tenant(request, stored(RULES, thresholds_of(request.tenant.pk), None), _escalation(request))
    require(request, Right.SET_UP)
    form = typed(RULES, request.POST, thresholds_of(request.tenant.pk), None)
    escalation = _escalation(request, has_data=True)
    is_valid = escalation.is_valid()  # both, so that the page names all that is wrong
    if form.has_errors or not is_valid:
        return _of_tenant(request, form, escalation, status=UNPROCESSABLE)
    values = escalation.cleaned_data
    minutes, person = values["escalation_minutes"], values["escalate_to"]
    try:
        save_settings(
            tenant=request.tenant,
            chosen=form.chosen,
            minutes=minutes,
            person_id=person,
            report_zone=values["report_zone"],
            actor=request.user,
        )
    except ValidationError as refused:
        escalation.add_error(None, refused)
        return _of_tenant(request, form, escalation, status=UNPROCESSABLE)
    messages.success(request, _("Saved. The next check uses it."))
    return redirect("alert_thresholds", slug=request.tenant.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def stream_alerts(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the thresholds and mutes of one stream, and change them."""
    if request.method == "POST":
        require(request, Right.SET_UP)
    stream = get_object_or_404(live_integrations().filter(tenant=request.tenant), uid=uid)
    match request.POST.get("do"):
        case "mute":
            return _mute(request, stream)
        case "unmute":
            return _unmute(request, stream)
    known = thresholds_of(request.tenant.pk)
    if request.method != "POST":
        return _of_stream(request, stream, stored(OF_STREAM, known, stream.pk), KindMuteForm())
    form = typed(OF_STREAM, request.POST, known, stream.pk)
    if form.has_errors:
        return _of_stream(request, stream, form, KindMuteForm(), status=UNPROCESSABLE)
    try:
        set_thresholds(tenant=request.tenant, integration=stream, chosen=form.chosen, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Saved. The next check of the stream uses it."))
    return redirect("stream_alerts", slug=request.tenant.slug, uid=uid)


def _mute(request: TenantRequest, stream: Integration) -> HttpResponse:
    form = KindMuteForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        given = {"kind": values["kind"], "ends_at": values["end"], "reason": values["reason"]}
        try:
            mute_kind(integration=stream, actor=request.user, **given)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Muted. No one is notified of these alerts until then."))
            return redirect("stream_alerts", slug=request.tenant.slug, uid=stream.uid)
    known = stored(OF_STREAM, thresholds_of(request.tenant.pk), stream.pk)
    return _of_stream(request, stream, known, form, status=UNPROCESSABLE)


def _unmute(request: TenantRequest, stream: Integration) -> HttpResponse:
    mute = AlertMute.objects.filter(integration=stream, uid=request.POST.get("mute", "")[:12]).first()
    if mute is None:
        raise Http404
    try:
        unmute(mute=mute, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Unmuted."))
    return redirect("stream_alerts", slug=request.tenant.slug, uid=stream.uid)


def _escalation(request: TenantRequest, *, has_data: bool = False) -> EscalationForm:
    chosen, people = settings_of(request.tenant), people_of(request.tenant)
    return EscalationForm(request.POST if has_data else None, chosen=chosen, people=people)


def _of_tenant(request: TenantRequest, form: Typed, escalation: EscalationForm, status: int = 200) -> HttpResponse:
    context = {
        "tenant": request.tenant,
        "form": form,
        "escalation": escalation,
        "chosen": settings_of(request.tenant),
        "may_change": Right.SET_UP in request.rights,
        "sees_people": Right.SEE_PEOPLE in request.rights,
        "has_errors": status != 200,
    }
    return render(request, "monitoring/alert_thresholds.html", context, status=status)


def _of_stream(
    request: TenantRequest, stream: Integration, form: Typed, muting: Form, status: int = 200
) -> HttpResponse:
    active = mutes.active(request.tenant.pk, now=timezone.now()).filter(integration=stream)
    context = {
        "tenant": request.tenant,
        "stream": stream,
        "form": form,
        "muting": muting,
        "mutes": active,
        "open": selectors.open_of_stream(stream.pk),
        "may_change": Right.SET_UP in request.rights,
        "has_errors": status != 200,
    }
    return render(request, "monitoring/stream_alerts.html", context, status=status)
