"""The page on which a member of the vendor's staff states why they open a tenant's pages."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from portal.tenancy import staff_visits
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.reasons import VisitForm

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(is_visit=False)
def staff_visit(request: TenantRequest) -> HttpResponse:
    """Ask staff why they open the tenant's pages, and go back to where they were; the tenant's own people skip it."""
    if request.role is not None:
        return redirect("tenant_home", slug=request.tenant.slug)
    form = VisitForm(request.POST if request.method == "POST" else None, initial=_stated(request))
    if form.is_valid():
        staff_visits.begin(request.user, request.tenant, request.session, form.cleaned_data["reason"])
        return redirect(_next(request))
    context = {"tenant": request.tenant, "next": _next(request), "form": form}
    return render(request, "portal/staff_visit.html", context, status=UNPROCESSABLE if form.errors else 200)


def _stated(request: TenantRequest) -> dict[str, str]:
    return {"reason": staff_visits.reason_of(request.session, request.tenant)}


def _next(request: TenantRequest) -> str:
    page = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else f"/t/{request.tenant.slug}/"
