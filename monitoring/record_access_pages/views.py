"""The page on which a tenant's admins decide who sees their records, and see who unmasks them now."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.record_access_pages.forms import FieldsForm, RightsForm, initial_of
from monitoring.records.access_services import allow_fields, stored_access, withhold_rights
from monitoring.unmasking import acts
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right, Role, entry

UNPROCESSABLE = 422
NEWEST_ACTS = 10


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.RECORD_ACCESS)
def record_access(request: TenantRequest) -> HttpResponse:
    """Show who sees records; a POST changes the allowed fields or the withheld rights, or ends an act of unmasking."""
    match request.POST.get("do"):
        case "fields":
            return _allow(request)
        case "rights":
            return _withhold(request)
        case "end":
            return _end(request)
    if request.method == "POST":  # none of the page's forms
        return redirect("record_access", slug=request.tenant.slug)
    return _page(request, FieldsForm(initial=initial_of(stored_access(request.tenant))))


def _allow(request: TenantRequest) -> HttpResponse:
    form = FieldsForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            allow_fields(
                tenant=request.tenant,
                text=typed["paths"],
                shows_partition_key=typed["shows_partition_key"],
                actor=request.user,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Saved. Records that arrive from now on are masked by it within a minute."))
            return redirect("record_access", slug=request.tenant.slug)
    return _page(request, form, status=UNPROCESSABLE)


def _withhold(request: TenantRequest) -> HttpResponse:
    form = RightsForm(request.tenant, request.POST)
    if form.is_valid():
        withheld = form.withheld()
        withhold_rights(tenant=request.tenant, withheld=withheld, actor=request.user)
        if entry(Role.SUPPORT, Right.UNMASK) in withheld:
            acts.end_all(tenant=request.tenant, actor=request.user)
        messages.success(request, _("Saved. It applies at once."))
    return redirect("record_access", slug=request.tenant.slug)


def _end(request: TenantRequest) -> HttpResponse:
    if acts.end(tenant=request.tenant, uid=request.POST.get("uid", ""), actor=request.user):
        messages.success(request, _("Ended. The records are masked again."))
    return redirect("record_access", slug=request.tenant.slug)  # else it had ended


def _page(request: TenantRequest, form: FieldsForm, *, status: int = 200) -> HttpResponse:
    context = {
        "tenant": request.tenant,
        "form": form,
        "rights": RightsForm(request.tenant),
        "access": stored_access(request.tenant),
        "acts": acts.of_tenant(request.tenant),
        "ended": acts.ended_of(request.tenant)[:NEWEST_ACTS],
    }
    return render(request, "monitoring/record_access.html", context, status=status)
