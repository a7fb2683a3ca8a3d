"""An integration as it stands: its settings, everything it has in the account, and the ways on and back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onboarding.account_state.integration_status import integration_status
from onboarding.account_state.stream_settings import settings_of
from onboarding.integrations import abandon, inventory, removal, selectors, update
from onboarding.models.integration import Integration
from onboarding.spec import integration_spec as specs
from onboarding.views import self_managed
from onboarding.views.integrations import drift
from onboarding.views.page import UNPROCESSABLE, draft_of, wants
from onboarding.views.typed_name import end_if_confirmed
from onboarding.wizard import pages
from onboarding.wizard.forms.confirmation import RemovalForm
from portal.accounts.step_up import confirmed
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.numbers import in_fours
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.reasons import reason_in
from portal.tenancy.rights import Right


@require_safe
@of_tenant()
def integration(request: TenantRequest, uid: str) -> HttpResponse:
    """Show what was asked for and what there is: the settings, the inventory, the runs."""
    found = _made(request, uid)
    if self_managed.is_of(found):
        return self_managed.show(request, found)
    return render(request, "onboarding/integration.html", {**context_of(request, found), **drift.section(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.REMOVE)
@confirmed("remove")
def integration_remove(request: TenantRequest, uid: str) -> HttpResponse:
    """Say what happens to every resource; asked for by its typed name, start the removal and go to its run."""
    found = _made(request, uid)
    if self_managed.is_of(found):
        return redirect("self_managed_end", slug=request.tenant.slug, uid=uid)
    form = RemovalForm(request.POST if request.method == "POST" else None, stream_name=found.stream_name)
    if request.method == "POST" and form.is_valid():
        try:
            run = removal.start_removal(
                integration=found,
                actor=request.user,
                delete_data=form.cleaned_data["delete_data"],
                reason=reason_in(request.POST),
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            return redirect("run", slug=request.tenant.slug, pk=run.pk)
    status = UNPROCESSABLE if form.errors else 200
    context = {**context_of(request, found), "form": form}
    return render(request, "onboarding/remove.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.REMOVE)
@confirmed("remove")
def integration_abandon(request: TenantRequest, uid: str) -> HttpResponse:
    """Say what Sluice would leave behind; asked for by its typed name, forget an integration it cannot remove."""
    found = _made(request, uid)
    if not abandon.can_be_abandoned(found):
        messages.error(request, explanation_of(Message("integration.not_abandonable")))
        return redirect("integration", slug=request.tenant.slug, uid=uid)
    report = _("%(name)s is abandoned. Its remaining resources are listed below.") % {"name": found.name}
    form, ended = end_if_confirmed(request, found, end=abandon.abandon, done=report)
    if ended:
        return ended
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "onboarding/abandon.html", {**context_of(request, found), "form": form}, status=status)


@require_POST
@of_tenant(Right.SET_UP)
def integration_change(request: TenantRequest, uid: str) -> HttpResponse:
    """Open the wizard over the settings as they are, or leave it."""
    found = _made(request, uid)
    if wants(request) == "leave":
        update.discard_update(integration=found, actor=request.user)
        return redirect("integration", slug=request.tenant.slug, uid=uid)
    try:
        update.open_update(integration=found, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("integration", slug=request.tenant.slug, uid=uid)
    return redirect(pages.url_of(found, "consumers" if request.POST.get("page") == "consumers" else "stream"))


def context_of(request: TenantRequest, found: Integration) -> dict[str, Any]:
    """Return what every page about a made integration shows."""
    run = selectors.current_run(found)
    status = integration_status(found)
    is_idle = run is None or run.status.is_over
    return {
        "tenant": request.tenant,
        "integration": found,
        "spec": specs.from_row(found.spec) if found.spec else None,
        "settings": settings_of(found),
        "spaced_account": in_fours(found.connection.account_id) if found.connection else "",
        "lines": (lines := inventory.lines(found)),
        "leftovers": lines if found.abandoned_at else inventory.leftovers(lines),
        "adopted": inventory.adopted(found),
        "run": run,
        "runs": found.runs.all()[:10],
        "is_idle": is_idle,
        "status": status,
        "is_removed": status.is_removed,
        "is_watched": status.is_there,
        "may_abandon": Right.REMOVE in request.rights and abandon.can_be_abandoned(found),
        "may_change": Right.SET_UP in request.rights and is_idle and status.is_there,
        "is_update": update.is_open(found) and is_idle,
        "resume_url": pages.url_of(found, "review"),
    }


def _made(request: TenantRequest, uid: str) -> Integration:
    found = draft_of(request, uid)
    if integration_status(found).is_draft:
        raise Http404
    return found
