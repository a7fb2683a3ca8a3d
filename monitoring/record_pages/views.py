"""One record of the newest of a stream: the part that opens in its row, the same as a page, and its bytes."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monitoring.pages.record_detail import bytes_answer, detail_of, history_url
from monitoring.read_audit.notes import note_read
from monitoring.record_read_model import ReadSource
from monitoring.records import kept_records
from monitoring.records.access import Audience, audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.field_paths import version_of
from monitoring.records.record_row import RecordRow
from monitoring.watched_streams import WatchedStream, watched_stream
from portal import rate_limits
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right


@require_safe
@of_tenant()
def record(request: TenantRequest, uid: str) -> HttpResponse:
    """Show a record that the stream's page has shown, as this person may see it now; noted before it is sent.

    When it is no longer kept, the answer says so and links to its place in the stream's history.
    """
    stream = _stream(request, uid)
    row = _row(request, stream)
    audience = audience_of(request.user, request.tenant, uid)
    context: dict[str, object] = {"tenant": request.tenant, "stream": stream}
    context["history_url"] = history_url(request.GET, stream)
    if row is not None:
        if request.method != "HEAD":
            note_read(request, uid, ReadSource.LIVE, [row], is_masked=audience is Audience.MASKED)
        version = "" if audience is Audience.CLEAR else version_of(allowed_fields(request.tenant.pk))
        context["detail"] = detail_of(uid, row, audience, version)
        if Right.DOWNLOAD_RECORDS in request.rights and audience is Audience.CLEAR:
            context["bytes_url"] = f"{_url('record_bytes', stream)}?{request.GET.urlencode()}"
    template = "monitoring/_record.html" if request.htmx else "monitoring/record.html"
    return render(request, template, context)


@require_safe
@of_tenant(Right.DOWNLOAD_RECORDS)
def record_bytes(request: TenantRequest, uid: str) -> HttpResponse:
    """Send the bytes of a data record as they are in the stream; noted before. Not for those who see it masked."""
    if audience_of(request.user, request.tenant, uid) is Audience.MASKED:
        raise PermissionDenied
    stream = _stream(request, uid)
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    row = _row(request, stream)
    data = kept_records.sent_bytes(uid, row) if row is not None else None
    if row is None or data is None:
        return redirect(f"{_url('record', stream)}?{request.GET.urlencode()}")
    if request.method != "HEAD":
        note_read(request, uid, ReadSource.DOWNLOAD, [row], is_masked=False)
    return bytes_answer(stream.stream_name, row, data)


def _stream(request: TenantRequest, uid: str) -> WatchedStream:
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    return stream


def _row(request: TenantRequest, stream: WatchedStream) -> RecordRow | None:
    key = request.GET.get("row", "")
    return kept_records.find_row(stream.uid, key) if key and stream.allow_sampling else None


def _url(name: str, stream: WatchedStream) -> str:
    return reverse(name, kwargs={"slug": stream.tenant_slug, "uid": stream.uid})
