"""How people of a tenant sign in: whether its pages ask for a second factor."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts import second_factors
from portal.accounts.models import IdentityProvider
from portal.accounts.step_up import confirmed
from portal.tenancy import proof, services
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.PEOPLE)
def sign_in_settings(request: TenantRequest) -> HttpResponse:
    """Show whether a second factor is required, and who has one."""
    if request.method == "POST":
        return _changed(request)
    owned = Authenticator.objects.filter(user=OuterRef("user"), type__in=(second_factors.TOTP, second_factors.PASSKEY))
    members = request.tenant.memberships.select_related("user").annotate(has_factor=Exists(owned))
    provider = IdentityProvider.objects.filter(tenant=request.tenant).first()
    context = {
        "provider": provider,
        "sign_on_url": request.build_absolute_uri(reverse("sign_on", kwargs={"uid": provider.uid})) if provider else "",
        "tenant": request.tenant,
        "members": members.order_by("user__email"),
        "has_own": proof.has_second_factor(request.session),
    }
    return render(request, "accounts/sign_in_settings.html", context)


@confirmed("sign_in_settings")
def _changed(request: TenantRequest) -> HttpResponse:
    """Require a second factor, or no longer. Only who has used one may require it: others would lock themselves out."""
    is_required = request.POST.get("required") == "yes"
    if is_required and not proof.has_second_factor(request.session):
        messages.error(request, _("Set up your own second factor first: otherwise you would lock yourself out."))
        return redirect("sign_in_settings", slug=request.tenant.slug)
    services.require_second_factor(tenant=request.tenant, is_required=is_required, actor=request.user)
    messages.success(request, _("Saved. It applies to every page at once."))
    return redirect("sign_in_settings", slug=request.tenant.slug)
