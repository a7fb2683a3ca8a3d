"""Page 7: the access key's sealed copies, how to open them, and who took which."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onboarding.credentials import download
from onboarding.credentials import selectors as credentials_selectors
from onboarding.integrations import selectors
from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.provisioning.plan_factory import plan_for
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from onboarding.views import page
from onboarding.views.page import draft_of
from portal import rate_limits
from portal.accounts.step_up import confirmed
from portal.aws.policies.descriptions import describe_policy
from portal.numbers import in_fours
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

MOST_DOWNLOADS = 20  # listed of a copy; the activity of the tenant has all of them


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A sealed copy as the page shows it; `file_name` is what the browser saves it as."""

    copy: SealedCopy
    recipient: str
    fingerprint: str
    file_name: str
    is_vendor: bool
    downloads: list[Download]


@require_safe
@of_tenant()
def credentials(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the sealed copies of the integration's access key."""
    integration = draft_of(request, uid)
    if integration.is_self_managed:
        return redirect("integration", slug=request.tenant.slug, uid=uid)
    ready = credentials_selectors.ready_credential(integration)
    context = {
        "tenant": request.tenant,
        "integration": integration,
        "credential": ready,
        "run": selectors.current_run(integration),
        **page.trail(integration, "credentials", linked=Right.SET_UP in request.rights),
        **(_of_credential(integration, ready) if ready else {}),
    }
    return render(request, "onboarding/credentials.html", context)


@require_POST
@of_tenant(Right.DOWNLOAD)
@confirmed("download")
def copy_download(request: TenantRequest, uid: str, copy_uid: str) -> HttpResponse:
    """Hand out a sealed copy and leave a receipt."""
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    integration = draft_of(request, uid)
    clients = SealedCopy.objects.filter(credential__integration=integration, audience=SealedCopy.Audience.CLIENT)
    found = get_object_or_404(clients.select_related("credential__integration__tenant"), uid=copy_uid)
    try:
        copy = download.download_copy(copy=found, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("credentials", slug=request.tenant.slug, uid=uid)
    response = HttpResponse(copy.ciphertext, content_type="application/pgp-encrypted")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(integration, copy)}"'
    return response


def _of_credential(integration: Integration, credential: Credential) -> dict[str, Any]:
    owners = dict(integration.tenant.pgp_keys.values_list("fingerprint", "user_ids"))
    lines = [_line(integration, copy, owners) for copy in credential.copies.all()]
    spec = _made(integration)
    connection = integration.connection
    if spec is None or connection is None:
        raise Http404
    plan = plan_for(integration, spec)
    own = [line for line in lines if not line.is_vendor]
    return {
        "own_copies": own,
        "vendor_copies": [line for line in lines if line.is_vendor],
        "permissions": describe_policy(plan.producer_policy()),
        "proof": credential.proof,
        "open_command": f"gpg -d {own[0].file_name} | tar x" if own else "",
        "check_command": f"sha256sum {own[0].file_name}" if own else "",
        "stream": spec.stream,
        **_encrypted_for(credential, spec.stream),
        "spaced_account": in_fours(connection.account_id),
    }


def _encrypted_for(credential: Credential, now: StreamSpec) -> dict[str, Any]:
    """Return the stream for which the key was encrypted, and the profile's lines that have changed since."""
    was = specs.from_row(credential.run.spec).stream if credential.run else now
    old, new = was.endpoint.profile, now.endpoint.profile
    return {
        "encrypted_for": was,
        "lines_out": [f"{name} = {value}" for name, value in old.items() if new.get(name) != value],
        "lines_in": [f"{name} = {value}" for name, value in new.items() if old.get(name) != value],
    }


def _made(integration: Integration) -> IntegrationSpec | None:
    return specs.from_row(integration.spec) if integration.spec else None


def _line(integration: Integration, copy: SealedCopy, owners: dict[str, list[str]]) -> CopyLine:
    is_vendor = copy.audience == SealedCopy.Audience.VENDOR
    names = owners.get(copy.fingerprint) or [copy.fingerprint[-16:]]
    return CopyLine(
        copy=copy,
        recipient=_("the vendor") if is_vendor else names[0],
        fingerprint=in_fours(copy.fingerprint),
        file_name=_file_name(integration, copy),
        is_vendor=is_vendor,
        downloads=list(copy.downloads.all())[:MOST_DOWNLOADS],
    )


def _file_name(integration: Integration, copy: SealedCopy) -> str:
    return f"{integration.stream_name or integration.uid}-{copy.fingerprint[-8:].lower()}.asc"
