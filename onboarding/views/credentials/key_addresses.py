"""Addresses from which an access key was used: accepted as expected by an admin, with the reason."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from onboarding.integrations import key_addresses
from onboarding.models.key_address import KeyAddress
from onboarding.views.page import draft_of
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right


@require_POST
@of_tenant(Right.SET_UP)
def key_address_accept(request: TenantRequest, uid: str, address_uid: str) -> HttpResponse:
    """Accept an address as expected."""
    ours = KeyAddress.objects.filter(credential__integration=draft_of(request, uid)).select_related("credential")
    address = get_object_or_404(ours, uid=address_uid)
    try:
        key_addresses.accept(address=address, actor=request.user, reason=request.POST.get("reason", ""))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("credentials", slug=request.tenant.slug, uid=uid)
