"""Request a stream's diagnosis, and show how far it is and what the last one found. A worker does it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from monitoring.diagnosis import requests
from monitoring.diagnosis.text import report_text
from monitoring.diagnosis_page.rows import row_of
from monitoring.watched_streams import WatchedStream, watched_stream
from onboarding.check_queue import is_held_up, problem_of
from onboarding.models.diagnosis import Diagnosis
from onboarding.models.integration import Integration
from portal import rate_limits
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.rights import Right

_PROGRESS = "check"  # the part of the page that is fetched while a diagnosis is under way


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def diagnosis(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the last diagnosis of a stream, and the one under way; a POST requests one."""
    if request.method == "POST":
        require(request, Right.DIAGNOSE)
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    if request.method == "POST":
        return _requested(request, stream)
    check = requests.last(stream.integration_id)
    if request.htmx and request.htmx.target == _PROGRESS and (check is None or not check.is_open):
        return HttpResponseClientRefresh()
    return render(request, "monitoring/diagnosis.html", _context(request, stream, check))


def _requested(request: TenantRequest, stream: WatchedStream) -> HttpResponse:
    rate_limits.use(rate_limits.CHECKS, tenant=request.tenant, user=request.user)
    integration = _integration(stream)
    try:
        if not requests.request(integration=integration, actor=request.user):
            messages.info(request, _("A diagnosis of this stream is under way, or was finished just now."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("diagnosis", slug=request.tenant.slug, uid=stream.uid)


def _context(request: TenantRequest, stream: WatchedStream, check: Diagnosis | None) -> dict[str, Any]:
    report = requests.report_in(check)
    is_open = check is not None and check.is_open
    first = report.first if report else None
    return {
        "tenant": request.tenant,
        "stream": stream,
        "check": check if is_open else None,
        "is_held_up": is_held_up(check) if is_open else False,
        "is_stuck": check is not None and requests.waits_for_worker(check),
        "check_problem": problem_of(check) if check is not None and not is_open else None,
        "report": report,
        "first": row_of(first, stream) if first else None,
        "rows": [row_of(finding, stream) for finding in report.findings] if report else [],
        "text": report_text(report, _integration(stream)) if report else "",
    }


def _integration(stream: WatchedStream) -> Integration:
    return Integration.objects.select_related("tenant", "connection").get(pk=stream.integration_id)
