"""The newest records of a stream as JSON Lines: what its page can list, as the person sees it there."""

import json
from collections.abc import Iterator
from typing import cast

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitoring.read_audit.notes import note_read
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience, audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.fair_selection import newest_first
from monitoring.records.field_paths import version_of
from monitoring.records.record_row import VisibleRow, visible_rows
from monitoring.records.sample_buffer import newest_rows
from monitoring.watched_streams import watched_stream
from onboarding.views.integrations.activity_export import sent
from portal import rate_limits
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

_PIECE = 50


@require_safe
@of_tenant(Right.DOWNLOAD_RECORDS)
def newest_records(request: TenantRequest, uid: str) -> HttpResponse:
    """Send the records that are kept of the stream, newest first, 500 at most; noted before they are sent."""
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    kind = "application/jsonl; charset=utf-8"
    name = f"{stream.stream_name}-{timezone.now():%Y%m%dT%H%M%SZ}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if request.method == "HEAD":
        return HttpResponse(content_type=kind, headers=headers)
    audience = audience_of(request.user, request.tenant, uid)
    rows = newest_first(newest_rows(uid)) if stream.allow_sampling else []
    note_read(request, uid, ReadSource.DOWNLOAD, rows, is_masked=audience is Audience.MASKED)
    version = "" if audience is Audience.CLEAR else version_of(allowed_fields(request.tenant.pk))
    pieces = _pieces(visible_rows(rows, audience, version))
    answer = StreamingHttpResponse(sent(request, pieces), content_type=kind, headers=headers)
    return cast(HttpResponse, answer)  # django-stubs have no type for what a view may return


def _pieces(rows: list[VisibleRow]) -> Iterator[str]:
    for start in range(0, len(rows), _PIECE):
        yield "".join(f"{json.dumps(line_of(row), ensure_ascii=False)}\n" for row in rows[start : start + _PIECE])


def line_of(visible: VisibleRow) -> dict[str, object]:
    """Return what a line says of a record: its place in the stream, how it was read, and the text of its row."""
    row, view = visible.row, visible.view
    return {
        "shard_id": row.shard_id,
        "sequence_number": row.sequence_number,
        "partition_key": view.partition_key,
        "arrived_at": row.arrived_at.isoformat(),
        "decoded_as": row.decoder_path,
        "size_bytes": row.size,
        "is_masked": view.is_masked,
        "is_withheld": view.is_withheld,
        "is_refused": visible.refusal is not None,
        "data": view.text,
    }
