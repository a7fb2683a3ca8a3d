"""What is no longer as it was left: looked for, accepted, repaired."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onboarding.account_state.integration_status import integration_status
from onboarding.integrations import drift, hints, repair
from onboarding.models.integration import Integration
from onboarding.problem_texts import sentence_of
from onboarding.spec.problem import SpecRefused
from onboarding.spec.remediation import RemediationAction, digest
from onboarding.views.page import draft_of
from portal import rate_limits
from portal.database_clock import DatabaseClock
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

_PATIENCE = timedelta(seconds=60)


@require_safe
@of_tenant()
def drift_section(request: TenantRequest, uid: str) -> HttpResponse:
    """Send the part of the integration's page that lists differences; it asks for itself until the look is done."""
    found = draft_of(request, uid)
    context = {"tenant": request.tenant, "integration": found, **section(found)}
    return render(request, "onboarding/_drift.html", context)


@require_POST
@of_tenant(Right.SET_UP)
def drift_check(request: TenantRequest, uid: str) -> HttpResponse:
    """Ask a worker to look now."""
    found = draft_of(request, uid)
    rate_limits.use(rate_limits.CHECKS, tenant=request.tenant, user=request.user)
    try:
        drift.request_check(integration=found, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        hints.check_soon(found.pk)
    return _back(request, uid)


@require_POST
@of_tenant(Right.SET_UP)
def drift_accept(request: TenantRequest, uid: str, pk: int) -> HttpResponse:
    """Take one difference as it is."""
    found = draft_of(request, uid)
    finding = get_object_or_404(found.drift.select_related("integration__tenant"), pk=pk)
    try:
        drift.accept(finding=finding, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return _back(request, uid)


@require_POST
@of_tenant(Right.SET_UP)
def integration_repair(request: TenantRequest, uid: str) -> HttpResponse:
    """Apply the unchanged spec, repair the IAM user as the page listed it, and show the run."""
    found = draft_of(request, uid)
    remediations = drift.remediations_of(found)
    if digest(remediations) != request.POST.get("seen", ""):
        messages.error(request, _("The list of changes has been updated. Review it, then choose Repair again."))
        return _back(request, uid)
    try:
        run = repair.repair(
            integration=found, actor=request.user, accept_loss="accept_loss" in request.POST, remediations=remediations
        )
    except SpecRefused as refused:
        messages.error(request, " ".join(sentence_of(problem) for problem in refused.problems))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        return redirect("run", slug=request.tenant.slug, pk=run.pk)
    return _back(request, uid)


def section(found: Integration) -> dict[str, Any]:
    """Return what the section shows; `is_checking` while a requested check has not finished."""
    requested, checked = found.drift_requested_at, found.drift_checked_at
    is_checking = (
        requested is not None
        and (checked is None or checked < requested)
        and DatabaseClock().now() - requested < _PATIENCE
    )
    return {
        "findings": drift.findings(found),
        "has_open_drift": found.drift_count > 0,
        "loses": drift.repair_loses_records(found),
        "remediations": (remediations := drift.remediations_of(found)),
        "deletes": any(remediation.is_delete for remediation in remediations),
        "seen": digest(remediations),
        "revokes": any(remediation.action is RemediationAction.REVOKE_KEY for remediation in remediations),
        "is_checking": is_checking,
        "is_live": integration_status(found).is_live,
    }


def _back(request: TenantRequest, uid: str) -> HttpResponse:
    if integration_status(draft_of(request, uid)).is_draft:
        return redirect("tenant_home", slug=request.tenant.slug)
    return redirect("integration", slug=request.tenant.slug, uid=uid)
