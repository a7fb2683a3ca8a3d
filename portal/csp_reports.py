"""Receives a browser's reports of what the content security policy blocked: a sign of an injection, or of our mistake.

Anyone can send such a report, and a real one can contain the address of a page. So only the directive, one of those
that exist, and how many reports there were are logged. No cookie and no row is read; both size and rate are limited.
https://www.w3.org/TR/CSP3/#reporting
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal import rate_limits

log = logging.getLogger(__name__)

MOST_BYTES = 16 * 1024
MOST_REPORTS = 20
OTHER = "other"
_TYPES = frozenset({"application/reports+json", "application/csp-report", "application/json"})
_DIRECTIVES = frozenset(
    {
        "base-uri", "child-src", "connect-src", "default-src", "font-src", "form-action", "frame-ancestors",
        "frame-src", "img-src", "manifest-src", "media-src", "object-src", "script-src", "script-src-attr",
        "script-src-elem", "style-src", "style-src-attr", "style-src-elem", "worker-src",
    }
)  # fmt: skip


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log how often which directive was violated; answer 204, and nothing that tells a sender more."""
    if not rate_limits.may_report(request.META.get("REMOTE_ADDR", "")):
        return HttpResponse(status=204)
    if request.content_type not in _TYPES:
        return HttpResponse(status=415)
    if not 0 < _length(request) <= MOST_BYTES:
        return HttpResponse(status=413)
    for directive, count in Counter(_directives(request.body)).items():
        log.warning("csp.violation directive=%s count=%s", directive, count)
    return HttpResponse(status=204)


def _length(request: HttpRequest) -> int:
    stated = request.META.get("CONTENT_LENGTH") or ""
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else 0


def _directives(body: bytes) -> Iterator[str]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    for report in (sent if isinstance(sent, list) else [sent])[:MOST_REPORTS]:
        if isinstance(found := _content(report), dict):
            named = (
                found.get("effectiveDirective") or found.get("effective-directive") or found.get("violated-directive")
            )
            name = str(named).split(" ")[0]
            yield name if name in _DIRECTIVES else OTHER


def _content(report: Any) -> Any:
    if not isinstance(report, dict):
        return None
    return report.get("body") if report.get("type") == "csp-violation" else report.get("csp-report")
