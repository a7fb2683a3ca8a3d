"""The devices of an integration: add them, follow their creation, download their packages, remove them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from onboarding.account_state.integration_status import integration_status
from onboarding.iot.device_package import package
from onboarding.models.integration import Integration
from onboarding.spec import integration_spec as specs
from onboarding.things import download, requests, selectors
from onboarding.views.integrations.form_things import ThingsForm
from onboarding.views.page import MOST_CHOSEN, UNPROCESSABLE, draft_of
from portal import rate_limits
from portal.accounts.step_up import confirmed
from portal.sent_answers import after_sent
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

PER_PAGE = 50


@require_safe
@of_tenant()
def devices(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the things, and how far their creation is."""
    integration = _with_devices(request, uid)
    return _show(request, integration, ThingsForm(integration=integration))


@require_POST
@of_tenant(Right.SET_UP)
def device_add(request: TenantRequest, uid: str) -> HttpResponse:
    """Add one thing, or those of a CSV file: all of them or none."""
    integration = _with_devices(request, uid)
    form = ThingsForm(request.POST, request.FILES, integration=integration)
    if form.is_valid():
        try:
            added = requests.add_things(
                integration=integration,
                things=form.things,
                recipients=form.cleaned_data["recipients"],
                actor=request.user,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            text = ngettext("%(count)s device will be created.", "%(count)s devices will be created.", len(added))
            messages.success(request, text % {"count": len(added)})
            return redirect("devices", slug=request.tenant.slug, uid=uid)
    return _show(request, integration, form)


@require_POST
@of_tenant(Right.SET_UP)
def device_retry(request: TenantRequest, uid: str) -> HttpResponse:
    """Try again what failed."""
    integration = _with_devices(request, uid)
    requests.try_again(integration=integration, actor=request.user)
    return redirect("devices", slug=request.tenant.slug, uid=uid)


@require_POST
@of_tenant(Right.REMOVE)
@confirmed("remove")
def device_remove(request: TenantRequest, uid: str) -> HttpResponse:
    """Remove the chosen things, or all: their certificates are deactivated first."""
    integration = _with_devices(request, uid)
    chosen = None if request.POST.get("all") == "yes" else request.POST.getlist("thing")[:MOST_CHOSEN]
    count = requests.remove_things(integration=integration, uids=chosen, actor=request.user)
    if count:
        text = ngettext("%(count)s device will be removed.", "%(count)s devices will be removed.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.error(request, _("Choose at least one device."))
    return redirect("devices", slug=request.tenant.slug, uid=uid)


@require_POST
@of_tenant(Right.DOWNLOAD)
@confirmed("download")
def device_package(request: TenantRequest, uid: str, thing_uid: str) -> HttpResponse:
    """Send a device's package, and leave a receipt when it was sent to its last byte."""
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    integration = _with_devices(request, uid)
    thing = get_object_or_404(integration.things.select_related("integration__tenant"), uid=thing_uid)
    facts = selectors.facts_of(thing)
    if facts is None:
        raise Http404
    response = HttpResponse(package(facts), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{facts.stem}.zip"'
    return after_sent(request, response, partial(download.record_download, thing=thing, actor=request.user))


def _with_devices(request: TenantRequest, uid: str) -> Integration:
    found = draft_of(request, uid)
    if integration_status(found).is_draft or not (found.spec or {}).get("devices"):
        raise Http404
    return found


def _show(request: TenantRequest, integration: Integration, form: ThingsForm) -> HttpResponse:
    status = integration_status(integration)
    source = specs.from_row(integration.spec).devices
    page = Paginator(selectors.listed(integration), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "integration": integration,
        "source": source,
        "form": form,
        "page": page,
        "progress": selectors.progress(integration),
        "is_watched": status.is_there,
    }
    return render(request, "onboarding/devices.html", context, status=UNPROCESSABLE if form.errors else 200)
