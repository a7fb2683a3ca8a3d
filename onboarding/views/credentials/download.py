"""Downloads of an access key's encrypted copies, each with a receipt."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from onboarding.credentials import download
from onboarding.models.credential import SealedCopy
from onboarding.views.credentials.key_views import file_name
from onboarding.views.page import draft_of
from portal import rate_limits
from portal.accounts.step_up import confirmed
from portal.sent_answers import after_sent
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right


@require_POST
@of_tenant(Right.DOWNLOAD)
@confirmed("download")
def copy_download(request: TenantRequest, uid: str, copy_uid: str) -> HttpResponse:
    """Hand out a sealed copy, and leave a receipt when it was sent to its last byte."""
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    integration = draft_of(request, uid)
    clients = SealedCopy.objects.filter(credential__integration=integration, audience=SealedCopy.Audience.CLIENT)
    found = get_object_or_404(clients.select_related("credential__integration__tenant"), uid=copy_uid)
    try:
        download.check(found)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("credentials", slug=request.tenant.slug, uid=uid)
    response = HttpResponse(found.ciphertext, content_type="application/pgp-encrypted")
    response["Content-Disposition"] = f'attachment; filename="{file_name(integration, found)}"'
    return after_sent(request, response, partial(download.record_download, copy=found, actor=request.user))
