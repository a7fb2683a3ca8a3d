"""A row of history that is opened: the part that opens in the row, the same as a page, and the data record's bytes."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from redis import RedisError

from monitoring.history.cursor import CursorRejected, name_of
from monitoring.history_pages.request import Reader
from monitoring.pages.record_detail import bytes_answer, detail_of, history_url
from monitoring.records import kept_records
from monitoring.records.access import Audience, audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.field_paths import version_of
from monitoring.records.record_row import RecordRow
from portal import rate_limits
from portal.tenancy.access import require
from portal.tenancy.rights import Right

BYTES = "bytes"


def opened_row(reader: Reader, cursor: str, key: str) -> HttpResponse:
    """Answer with a row of a page that was read, as this person may see it now; it may be no longer kept."""
    request = reader.request
    audience = audience_of(request.user, request.tenant, reader.stream.uid)
    wants_bytes = request.GET.get("part") == BYTES
    if wants_bytes:
        require(request, Right.DOWNLOAD_RECORDS)
        if audience is Audience.MASKED:
            raise PermissionDenied
        rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    row = _row(reader, cursor, key)
    data = kept_records.sent_bytes(name_of(cursor), row) if wants_bytes and row is not None else None
    if row is not None and data is not None:
        return bytes_answer(reader.stream.stream_name, row, data)
    address = request.GET.copy()
    if address.pop("part", None) and wants_bytes:
        return redirect(f"?{address.urlencode()}")
    context: dict[str, object] = {"tenant": request.tenant, "stream": reader.stream}
    context["history_url"] = history_url(request.GET, reader.stream)
    if row is not None:
        version = "" if audience is Audience.CLEAR else version_of(allowed_fields(request.tenant.pk))
        context["detail"] = detail_of(name_of(cursor), row, audience, version)
        if Right.DOWNLOAD_RECORDS in request.rights and audience is Audience.CLEAR:
            context["bytes_url"] = f"?{address.urlencode()}&part={BYTES}"
    template = "monitoring/_record.html" if request.htmx else "monitoring/record.html"
    return render(request, template, context)


def _row(reader: Reader, cursor: str, key: str) -> RecordRow | None:
    try:
        return reader.row(cursor, key)
    except (CursorRejected, RedisError):
        return None
