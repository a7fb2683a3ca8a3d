"""The page on which a member of the vendor's staff unmasks a client's records for a while."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.record_access_pages.forms import UnmaskForm
from monitoring.unmasking import acts
from monitoring.watched_streams import watched_stream
from onboarding.models.integration import Integration
from portal.accounts.step_up import confirmed
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.UNMASK)
def unmask(request: TenantRequest, uid: str) -> HttpResponse:
    """Ask why, what and for how long, after the person confirmed who they are; or end what they began."""
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    if request.POST.get("do") == "end":  # without a confirmation: to end it does no harm
        return _end(request, uid)
    return _begin(request, Integration.objects.get(pk=stream.integration_id))


@confirmed("unmask")
def _begin(request: TenantRequest, integration: Integration) -> HttpResponse:
    form = UnmaskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            acts.begin(
                person=request.user,
                tenant=request.tenant,
                integration=integration if form.is_for_stream else None,
                reason=form.cleaned_data["reason"],
                minutes=form.cleaned_data["minutes"],
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            return redirect("stream", slug=request.tenant.slug, uid=integration.uid)
    context = {"tenant": request.tenant, "integration": integration, "form": form}
    return render(request, "monitoring/unmask.html", context, status=UNPROCESSABLE if form.errors else 200)


def _end(request: TenantRequest, uid: str) -> HttpResponse:
    while act := acts.of_person(request.user, request.tenant, uid):
        acts.end(tenant=request.tenant, uid=act.uid, actor=request.user)
    messages.success(request, _("The records are masked again."))
    return redirect("stream", slug=request.tenant.slug, uid=uid)
