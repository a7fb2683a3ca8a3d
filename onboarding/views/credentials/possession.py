"""Proof of possession of an OpenPGP key: the test message, and the code that it holds, typed back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from onboarding.credentials import possession as service
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.views.page import UNPROCESSABLE
from portal import rate_limits
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

CREATE = "create"
_INTEGRATION = "integration"  # whose access key the person wants to download


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.KEYS)
def possession(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the test message for a key; create one, or check the code that was typed."""
    key = get_object_or_404(PgpKey, uid=uid, tenant=request.tenant)
    if request.method != "POST":
        return _show(request, key)
    rate_limits.use(rate_limits.CHECKS, tenant=request.tenant, user=request.user)
    try:
        if request.POST.get("do") == CREATE:
            service.issue(key=key, actor=request.user)
            return redirect(_own_address(request, key))
        service.answer(key=key, code=request.POST.get("code", ""), actor=request.user)
    except ValidationError as refused:
        return _show(request, key, " ".join(refused.messages))
    messages.success(request, _("Proved. Access keys for %(key)s can be downloaded.") % {"key": key.title})
    back = _integration(request)
    if back is None:
        return redirect("pgp_keys", slug=request.tenant.slug)
    return redirect("credentials", slug=request.tenant.slug, uid=back.uid)


@require_safe
@of_tenant(Right.KEYS)
def possession_file(request: TenantRequest, uid: str) -> HttpResponse:
    """Send the test message as a file."""
    key = get_object_or_404(PgpKey, uid=uid, tenant=request.tenant)
    challenge = service.live_challenge(key)
    if challenge is None:
        raise Http404
    response = HttpResponse(challenge.ciphertext, content_type="application/pgp-encrypted")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(key)}"'
    return response


def _show(request: TenantRequest, key: PgpKey, problem: str = "") -> HttpResponse:
    known = service.possession_of([key])[key.fingerprint]
    context = {
        "tenant": request.tenant,
        "key": key,
        "proof": known.proof,
        "challenge": known.challenge,
        "problem": problem,
        "for_integration": _integration(request),
        "file_name": _file_name(key),
        "open_command": f"gpg --decrypt {_file_name(key)}",
        "sequoia_command": f"sq decrypt {_file_name(key)}",
    }
    return render(request, "onboarding/possession.html", context, status=UNPROCESSABLE if problem else 200)


def _integration(request: TenantRequest) -> Integration | None:
    given = request.POST.get(_INTEGRATION) or request.GET.get(_INTEGRATION) or ""
    return Integration.objects.filter(tenant=request.tenant, uid=given[:12]).first() if given else None


def _own_address(request: TenantRequest, key: PgpKey) -> str:
    wanted = _integration(request)
    return f"{request.path}?{_INTEGRATION}={wanted.uid}" if wanted else request.path


def _file_name(key: PgpKey) -> str:
    return f"sluice-test-{key.fingerprint[-8:].lower()}.asc"
