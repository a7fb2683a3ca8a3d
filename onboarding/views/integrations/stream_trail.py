"""What CloudTrail recorded of a stream: the last answer, and the request that a worker reads it again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from onboarding.integrations import stream_trail, trail_events
from onboarding.views.page import draft_of
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right


@require_safe
@of_tenant()
def stream_trail_page(request: TenantRequest, uid: str) -> HttpResponse:
    """Show who changed what, and what was denied with what cures it."""
    integration = draft_of(request, uid)
    if integration.spec is None:
        raise Http404  # nothing was asked for yet, so there is no stream
    reading = stream_trail.state_of(integration)
    lines = [(event, trail_events.deed(event)) for event in reading.events]
    context = {
        "tenant": request.tenant,
        "integration": integration,
        "reading": reading,
        "denied": [(event, deed, trail_events.cure(event)) for event, deed in lines if event.is_denied],
        "changes": [(event, deed) for event, deed in lines if not event.is_denied],
    }
    return render(request, "onboarding/stream_trail.html", context)


@require_POST
@of_tenant(Right.DIAGNOSE)
def stream_trail_read(request: TenantRequest, uid: str) -> HttpResponse:
    """Request that CloudTrail is read; the page shows how far it is."""
    integration = draft_of(request, uid)
    if integration.spec is None:
        raise Http404
    try:
        stream_trail.request(integration=integration, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("stream_trail", slug=request.tenant.slug, uid=uid)
