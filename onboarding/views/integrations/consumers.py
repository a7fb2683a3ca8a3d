"""The tab "Consumers" of an integration: who reads its stream by access that Sluice set up, a section for each kind."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from onboarding.account_state.integration_status import integration_status
from onboarding.integrations import consumer_checks
from onboarding.models.integration import Integration
from onboarding.views.integrations.consumer_roles import ROLES, TOKENS
from onboarding.views.integrations.consumer_section import TabSection
from onboarding.views.integrations.fan_out import FAN_OUT
from onboarding.views.integrations.integration import context_of
from onboarding.views.integrations.removed import redirected_if_removed
from onboarding.views.integrations.shares import SHARES
from onboarding.views.page import draft_of
from portal import rate_limits
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.rights import Right

SECTIONS: tuple[TabSection, ...] = (ROLES, FAN_OUT, SHARES, TOKENS)
REMOVED_SECTIONS: tuple[TabSection, ...] = (ROLES, FAN_OUT, SHARES)
_PROGRESS = "check"  # the part of the page that is fetched while a check is under way


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def consumers(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the consumers of an integration; a POST requests a check of their roles."""
    if request.method == "POST":
        require(request, Right.DIAGNOSE)
    found = _set_up(request, uid)
    if request.method == "POST":
        return redirected_if_removed(request, found) or _requested(request, found)
    context = context_of(request, found)
    sections = REMOVED_SECTIONS if context["is_removed"] else SECTIONS
    for section in sections:
        context |= section.context(found)
    if request.htmx and request.htmx.target == _PROGRESS and not context["check"]:
        return HttpResponseClientRefresh()
    context |= {"sections": [section.template for section in sections], **_act(request, found)}
    return render(request, "onboarding/integration_consumers.html", context)


def _set_up(request: TenantRequest, uid: str) -> Integration:
    found = draft_of(request, uid)
    if not found.spec or found.connection is None:
        raise Http404
    return found


def _requested(request: TenantRequest, found: Integration) -> HttpResponse:
    rate_limits.use(rate_limits.CHECKS, tenant=request.tenant, user=request.user)
    try:
        if not consumer_checks.request(integration=found, actor=request.user):
            messages.info(request, _("A check of these roles is under way, or was finished just now."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("consumers", slug=request.tenant.slug, uid=found.uid)


def _act(request: TenantRequest, found: Integration) -> dict[str, Any]:
    if integration_status(found).is_removed:
        return {"may_check": False, "has_grant": False, "check": None}
    has_grant = found.connection is not None and found.connection.has_grant and not found.is_self_managed
    return {"may_check": Right.DIAGNOSE in request.rights and has_grant, "has_grant": has_grant}
