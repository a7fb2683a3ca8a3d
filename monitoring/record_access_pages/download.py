"""The newest records of a stream as JSON Lines: those that its page can list, whole, as the person may see them."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitoring.read_audit.notes import note_read
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience, audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.fair_selection import newest_first
from monitoring.records.field_paths import version_of
from monitoring.records.kept_records import sent_bytes, whole_text
from monitoring.records.live_filter import live_filter
from monitoring.records.record_contents import CUT, MAX_CHARACTERS, cut_note
from monitoring.records.record_row import VisibleRow, visible_rows
from monitoring.records.sample_buffer import newest_rows
from monitoring.records.selection import keys_in_use
from monitoring.watched_streams import watched_stream
from onboarding.views.integrations.activity_export import sent
from portal import rate_limits
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

MOST_BYTES = 64 * 1024 * 1024  # of text and base64 in a file; rows keep 2,000 characters beyond it


@require_safe
@of_tenant(Right.DOWNLOAD_RECORDS)
def newest_records(request: TenantRequest, uid: str) -> HttpResponse:
    """Send the records that are kept of the stream, newest first, 500 at most; noted before they are sent.

    With ?filter= and ?columns= those that the stream's page shows with them. Where that page shows none, because of a
    mistake or because the filter is not in use any more, the answer leads to it.
    """
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    audience = audience_of(request.user, request.tenant, uid)
    allowed = allowed_fields(request.tenant.pk)
    chosen = live_filter(uid, request.GET.get("filter", ""), audience, allowed, columns=request.GET.get("columns", ""))
    if chosen.is_refused or (chosen.is_filtered and chosen.key not in keys_in_use(uid)):
        address = reverse("stream", kwargs={"slug": request.tenant.slug, "uid": uid})
        return redirect(f"{address}?{chosen.full_query}#records-title")
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    kind = "application/jsonl; charset=utf-8"
    name = f"{stream.stream_name}-{timezone.now():%Y%m%dT%H%M%SZ}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if request.method == "HEAD":
        return HttpResponse(content_type=kind, headers=headers)
    found = newest_rows(f"{uid}:{chosen.key}" if chosen.is_filtered else uid) if stream.allow_sampling else []
    rows, is_masked = newest_first(found), audience is Audience.MASKED
    note_read(request, uid, ReadSource.DOWNLOAD, rows, is_masked=is_masked, filter_text=chosen.selection.wanted)
    version = version_of(allowed) if is_masked else ""
    pieces = _pieces(uid, visible_rows(rows, audience, version))
    answer = StreamingHttpResponse(sent(request, pieces), content_type=kind, headers=headers)
    return cast(HttpResponse, answer)  # django-stubs have no type for what a view may return


def _pieces(uid: str, rows: list[VisibleRow]) -> Iterator[str]:
    left = MOST_BYTES
    for visible in rows:
        data = data_of(uid, visible, left)
        left -= len(data.text) + len(data.bytes_base64)
        yield f"{json.dumps(line_of(visible, data), ensure_ascii=False)}\n"


@dataclass(frozen=True, slots=True)
class Data:
    """What a line has of a record: its text, or the bytes of what no decoder could read; and what is omitted of it.

    `omitted_size` counts characters, or bytes where there are any; None where the mask hides how many. `reason` is
    "not_kept" for what is no longer in Redis, "file_limit" for what would make the file too large.
    """

    text: str
    bytes_base64: str = ""
    omitted_size: int | None = 0
    reason: str = ""


def data_of(uid: str, visible: VisibleRow, left: int) -> Data:
    """Return what a file with room for so many characters has of a record of a stream."""
    row, text = visible.row, visible.view.text
    if visible.view.is_masked:
        return Data(text, omitted_size=None, reason="row_limit") if text.endswith(CUT) else Data(text)
    shown, size = text.removesuffix(cut_note(row.length)), row.raw_size
    if not row.is_readable:
        data = row.raw_bytes if len(row.raw_bytes) == size else None if row.is_part else sent_bytes(uid, row)
        found = data if data is not None and len(data) <= left else row.raw_bytes
        reason = "" if len(found) == size else "not_kept" if data is None else "file_limit"
        return Data("", base64.b64encode(found).decode(), size - len(found), reason)
    whole = whole_text(uid, row)
    if whole is not None and len(whole) <= left:
        return Data(whole)
    omitted = max(0, row.length - MAX_CHARACTERS)
    reason = "" if not omitted else "not_kept" if whole is None else "file_limit"
    return Data(shown, omitted_size=omitted, reason=reason)


def line_of(visible: VisibleRow, data: Data) -> dict[str, object]:
    """Return what a line says of a record: its place in the stream, how it was read, what it says, what is omitted."""
    row, view = visible.row, visible.view
    return {
        "shard_id": row.shard_id,
        "sequence_number": row.sequence_number,
        "partition_key": view.partition_key,
        "arrived_at": row.arrived_at.isoformat(),
        "decoded_as": row.decoder_path,
        "size_bytes": row.size,
        "data_record_bytes": row.sent_size,
        "omitted_records": row.omitted,
        "is_masked": view.is_masked,
        "is_withheld": view.is_withheld,
        "is_refused": visible.refusal is not None,
        "is_whole": data.omitted_size == 0 and not view.is_withheld,
        "omitted_size": data.omitted_size,
        "omitted_reason": data.reason,
        "data": data.text,
        "bytes_base64": data.bytes_base64,
    }
