"""The page on which a member of the vendor's staff states why they open a tenant's pages."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.tenancy import staff_visits
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.reasons import MOST_CHARACTERS, reason_in

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(is_visit=False)
def staff_visit(request: TenantRequest) -> HttpResponse:
    """Ask staff why they open the tenant's pages, and go back to where they were; the tenant's own people skip it."""
    if request.role is not None:
        return redirect("tenant_home", slug=request.tenant.slug)
    reason = reason_in(request.POST)
    if request.method == "POST" and reason:
        staff_visits.begin(request.user, request.tenant, request.session, reason)
        return redirect(_next(request))
    is_missing = request.method == "POST"
    context = {
        "tenant": request.tenant,
        "next": _next(request),
        "limit": MOST_CHARACTERS,
        "problem": _("State a reason, such as the number of a ticket.") if is_missing else "",
        "stated": staff_visits.reason_of(request.session, request.tenant),
    }
    return render(request, "portal/staff_visit.html", context, status=UNPROCESSABLE if is_missing else 200)


def _next(request: TenantRequest) -> str:
    page = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else f"/t/{request.tenant.slug}/"
