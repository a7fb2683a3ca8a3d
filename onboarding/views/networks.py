"""The vendor's networks, for its staff: which integrations accept records from them, and the update of the others."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from onboarding.integrations import network_updates
from portal.tenancy.access import has_staff_right, staff_required
from portal.tenancy.rights import Right


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Right.BOARD)
def networks(request: HttpRequest) -> HttpResponse:
    """Show the progress of each tenant; support starts the update, of one tenant or of all."""
    may_start = has_staff_right(request.user, Right.RETRY_RUNS)
    if request.method == "POST":
        if not may_start:
            raise Http404
        count = network_updates.start(actor=str(request.user), slug=request.POST.get("tenant", ""))
        text = ngettext("%(count)d run was started.", "%(count)d runs were started.", count)
        messages.info(request, text % {"count": count})
        return redirect("networks")
    shown = {
        "networks": settings.SLUICE_VENDOR_NETWORKS,
        "networks_in_vpc": settings.SLUICE_VENDOR_VPC_NETWORKS,
        "tenants": network_updates.progress(),
        "may_start": may_start,
    }
    return render(request, "onboarding/networks.html", shown)
