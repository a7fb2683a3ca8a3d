"""Pages about a stream that its integration no longer has, because it was removed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from onboarding.account_state.integration_status import integration_status
from onboarding.models.integration import Integration
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.tenancy.access import TenantRequest


def redirected_if_removed(request: TenantRequest, integration: Integration) -> HttpResponse | None:
    """Say that a removed integration was removed, on its own page; return None for any other."""
    if not integration_status(integration).is_removed:
        return None
    messages.error(request, explanation_of(Message("integration.was_removed")))
    return redirect("integration", slug=request.tenant.slug, uid=integration.uid)
