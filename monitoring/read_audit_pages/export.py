"""Who was sent records, as CSV: the rows that the filters match, the newest ten thousand at most."""

from collections.abc import Iterator
from typing import cast

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from monitoring.read_audit import search
from monitoring.read_audit.columns import COLUMNS, cells
from monitoring.read_audit_pages.filters import ReadsFilter
from monitoring.record_read_model import RecordRead
from onboarding.views.integrations.activity_export import csv_lines, harmless, sent
from portal import rate_limits
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

MOST = 10_000


@require_safe
@of_tenant(Right.RECORD_ACCESS)
def record_reads_csv(request: TenantRequest) -> HttpResponse:
    """Send the rows that the filters match; 404 where a filter is not valid, as the page shows."""
    wanted = ReadsFilter(request.GET).wanted()
    if wanted is None:
        raise Http404
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    kind = "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{request.tenant.slug}-record-reads.csv"'}
    if request.method == "HEAD":
        return HttpResponse(content_type=kind, headers=headers)
    pieces = search.in_pieces(search.search(request.tenant, wanted), MOST)
    answer = StreamingHttpResponse(sent(request, _written(pieces)), content_type=kind, headers=headers)
    return cast(HttpResponse, answer)  # django-stubs have no type for what a view may return


def _written(pieces: Iterator[list[RecordRead]]) -> Iterator[str]:
    yield csv_lines([COLUMNS])
    for piece in pieces:
        yield csv_lines([harmless(cell) for cell in cells(read)] for read in piece)
