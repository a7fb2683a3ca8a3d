"""The list of a tenant's monthly reports, and one of them."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from monitoring.report_model import MonthlyReport
from monitoring.reports.making import zone_of
from monitoring.reports.month import named_month
from monitoring.reports.rows import alert_kinds, stream_rows, wait
from portal.messages.formats import size
from portal.tenancy.access import TenantRequest, of_tenant

ROWS_PER_PAGE, MOST_ROWS = 100, 2000


@require_safe
@of_tenant()
def monthly_reports(request: TenantRequest) -> HttpResponse:
    """List the reports, the newest first, and say how to receive them."""
    rows = MonthlyReport.objects.filter(tenant=request.tenant).defer("contents")
    context = {"tenant": request.tenant, "reports": rows, "zone": zone_of(request.tenant)}
    return render(request, "monitoring/reports.html", context)


@require_safe
@of_tenant()
def monthly_report(request: TenantRequest, month: str) -> HttpResponse:
    """Show the report of a month as it was made: a page of its streams, or with `?all=1` all of them, to print."""
    try:
        first = named_month(month, "UTC").first
    except ValidationError as refused:
        raise Http404 from refused
    report = get_object_or_404(MonthlyReport, tenant=request.tenant, month=first)
    contents = report.contents
    # Paper has no pages to choose: a report to print has all streams, up to a bound.
    is_whole = request.GET.get("all") == "1"
    size_of_page = MOST_ROWS if is_whole else ROWS_PER_PAGE
    page = Paginator(contents["streams"], size_of_page).get_page(1 if is_whole else request.GET.get("page"))
    context = {
        "tenant": request.tenant,
        "report": report,
        "rows": stream_rows(page, report.zone),
        "page": page,
        "is_whole": is_whole,
        "most": MOST_ROWS,
        "totals": contents["totals"],
        "received": size(contents["totals"]["bytes"]),
        "alerts": contents["alerts"],
        "kinds": alert_kinds(contents),
        "mean": wait(contents["alerts"]["mean_seconds"]),
        "longest": wait(contents["alerts"]["longest_seconds"]),
    }
    return render(request, "monitoring/report.html", context)
