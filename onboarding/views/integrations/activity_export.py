"""A tenant's activity as a file: CSV for a spreadsheet, or JSON Lines for a program."""

import csv
import json
from collections.abc import AsyncIterator, Callable, Iterator
from io import StringIO
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from onboarding.views.integrations.activity import entry
from onboarding.views.integrations.activity_filter import ActivityFilter
from portal import rate_limits
from portal.tenancy import audit_search
from portal.tenancy.access import TenantRequest, of_tenant

MOST_EVENTS = 10_000
# A spreadsheet takes a cell that begins with one of these for a formula, also in their wide forms.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COLUMNS = (
    "time", "actor", "action", "description", "object_type", "object_id", "object", "reason", "address", "request_id",
    "details", "event", "position", "previous_hash", "hash",
)  # fmt: skip
Row = dict[str, Any]


@require_safe
@of_tenant()
def activity_file(request: TenantRequest, form: str) -> HttpResponse:
    """Send the entries that the filters match, the newest ten thousand at most."""
    wanted = ActivityFilter(request.GET).wanted()
    if wanted is None:
        raise Http404
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    content_type, written = _FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="{request.tenant.slug}-activity.{form}"'}
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    found = audit_search.search(request.tenant, wanted).select_related("link")
    rows = ([_row(event) for event in piece] for piece in audit_search.in_pieces(found, MOST_EVENTS))
    answer = StreamingHttpResponse(sent(request, written(rows)), content_type=content_type, headers=headers)
    return cast(HttpResponse, answer)  # django-stubs have no type for what a view may return


def _row(event: Any) -> Row:
    link = getattr(event, "link", None)
    values = (
        event.at.isoformat(), event.actor, event.action, entry(event).description, event.object_type, event.object_id,
        event.target, event.reason, event.address, event.request_id, event.details, event.pk,
        link and link.position, link and link.previous_hash, link and link.hash,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))


def _as_csv(rows: Iterator[list[Row]]) -> Iterator[str]:
    yield csv_lines([_COLUMNS])
    for piece in rows:
        yield csv_lines([harmless(value) for value in row.values()] for row in piece)


def csv_lines(rows: Any) -> str:
    """Return rows of cells as lines of CSV, every cell in quotation marks."""
    out = StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def harmless(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_json_lines(rows: Iterator[list[Row]]) -> Iterator[str]:
    for piece in rows:
        yield "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in piece)


_FORMS: dict[str, tuple[str, Callable[[Iterator[list[Row]]], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", _as_csv),
    "jsonl": ("application/jsonl; charset=utf-8", _as_json_lines),
}


def sent(request: HttpRequest, pieces: Iterator[str]) -> Iterator[str] | AsyncIterator[str]:
    """Return the pieces so that the server that answers the request sends each before the next is read."""
    return _one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces


async def _one_by_one(pieces: Iterator[str]) -> AsyncIterator[str]:
    read = sync_to_async(lambda: next(pieces, None), thread_sensitive=True)
    while (piece := await read()) is not None:
        yield piece
