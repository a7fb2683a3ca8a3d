"""Mail for the owner of an OpenPGP key: the page on which its address is chosen."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onboarding.credentials import mail_choice
from onboarding.models.pgp_key import PgpKey
from onboarding.views.page import UNPROCESSABLE
from portal import mail, rate_limits
from portal.accounts.step_up import confirmed
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

STOP = "stop"


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.KEYS)
@confirmed("key_mail")
def key_mail(request: TenantRequest, uid: str) -> HttpResponse:
    """Choose where copies for a key are mailed, or stop that."""
    key = get_object_or_404(PgpKey, uid=uid, tenant=request.tenant)
    if request.method != "POST":
        return _show(request, key, key.mail_address or mail_choice.suggested_address(key))
    rate_limits.use(rate_limits.CHECKS, tenant=request.tenant, user=request.user)
    is_stop = request.POST.get("do") == STOP
    address = "" if is_stop else request.POST.get("address", "")
    try:
        if not address.strip() and not is_stop:
            return _show(request, key, "", _("Type an email address."))
        mail_choice.choose_mail(key=key, address=address, actor=request.user)
    except ValidationError as refused:
        return _show(request, key, address, " ".join(refused.messages))
    if is_stop:
        messages.success(request, _("Access keys for %(key)s are no longer mailed.") % {"key": key.title})
    else:
        shown = {"key": key.title, "address": key.mail_address}
        messages.success(request, _("New access keys for %(key)s will be mailed to %(address)s.") % shown)
    return redirect("pgp_keys", slug=request.tenant.slug)


def _show(request: TenantRequest, key: PgpKey, address: str, problem: str = "") -> HttpResponse:
    context = {
        "tenant": request.tenant,
        "key": key,
        "address": address[:254],
        "problem": problem,
        "has_mail": mail.is_configured(),
        "can_receive": key.can_receive,
    }
    return render(request, "onboarding/key_mail.html", context, status=UNPROCESSABLE if problem else 200)
