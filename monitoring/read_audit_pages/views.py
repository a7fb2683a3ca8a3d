"""The page that shows a tenant's admins who was sent records of its streams."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monitoring.read_audit import search
from monitoring.read_audit.retention import KEPT
from monitoring.read_audit_pages.filters import ReadsFilter
from monitoring.read_audit_pages.rows import ReadRow
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

PER_PAGE = 50


@require_safe
@of_tenant(Right.RECORD_ACCESS)
def record_reads(request: TenantRequest) -> HttpResponse:
    """Show who was sent records, the newest viewing sessions first, fifty to a page."""
    form = ReadsFilter(request.GET)
    wanted, query = form.wanted(), form.query()
    found, older = (
        search.page(search.search(request.tenant, wanted), PER_PAGE, before=request.GET.get("before", ""))
        if wanted
        else ([], "")
    )
    context = {
        "tenant": request.tenant,
        "form": form,
        "is_filtered": bool(query),
        "is_later_page": bool(request.GET.get("before")),
        "query": urlencode(query),
        "older": older and urlencode({**query, "before": older}),
        "reads": [ReadRow(read) for read in found],
        "kept_days": KEPT.days,
    }
    return render(request, "monitoring/record_reads.html", context)
