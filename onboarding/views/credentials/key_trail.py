"""Has CloudTrail read again for an access key, when someone asks for it: a worker reads, never this request."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.integrations import key_trail_requests
from onboarding.models.credential import Credential
from onboarding.models.revocation import Revocation
from onboarding.rotations import trail_requests
from onboarding.views.page import draft_of
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right


@require_POST
@of_tenant(Right.SET_UP)
def key_trail_read(request: TenantRequest, uid: str, key_uid: str) -> HttpResponse:
    """Request that CloudTrail is read now for a key; once a minute however often it is chosen."""
    ours = Credential.objects.filter(integration=draft_of(request, uid)).select_related("integration__connection")
    try:
        key_trail_requests.request(get_object_or_404(ours, uid=key_uid))
        messages.success(request, _("Sluice is reading CloudTrail. Reload this page in a minute."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("credentials", slug=request.tenant.slug, uid=uid)


@require_POST
@of_tenant(Right.DIAGNOSE)
def key_events_read(request: TenantRequest, uid: str, key_uid: str) -> HttpResponse:
    """Request that what CloudTrail recorded of a compromised key is read again; the page shows how far it is."""
    ours = Revocation.objects.filter(integration=draft_of(request, uid), is_compromised=True)
    try:
        trail_requests.request(revocation=get_object_or_404(ours, credential__uid=key_uid), actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("credentials", slug=request.tenant.slug, uid=uid)
