"""The page of a stream's monitoring settings: when records are expected, and how often metrics are read."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.expected_hours.forms import DAY_NAMES, ExpectedHoursForm
from monitoring.expected_hours.reading_cost import cost_of
from monitoring.expected_hours.services import choose, ranges_of
from monitoring.models import ExpectedHours
from monitoring.silence.expectation import LEARNED_WEEKS
from monitoring.watched_streams import WatchedStream, watched_stream
from onboarding.models.integration import Integration
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.rights import Right

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def expected_hours(request: TenantRequest, uid: str) -> HttpResponse:
    """Show when records of a stream are expected, and set it."""
    if request.method == "POST":
        require(request, Right.SET_UP)
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    row = ExpectedHours.objects.filter(integration_id=stream.integration_id).first()
    if request.method != "POST":
        return _page(request, stream, row, ExpectedHoursForm.of(row))
    form = ExpectedHoursForm(request.POST, row=row)
    if not form.is_valid():
        return _page(request, stream, row, form, status=UNPROCESSABLE)
    integration = Integration.objects.select_related("tenant").get(pk=stream.integration_id)
    choose(integration=integration, chosen=form.chosen(), actor=request.user)
    messages.success(request, _("Saved. The next check of the stream uses it."))
    return redirect("expected_hours", slug=request.tenant.slug, uid=uid)


def _page(
    request: TenantRequest, stream: WatchedStream, row: ExpectedHours | None, form: ExpectedHoursForm, status: int = 200
) -> HttpResponse:
    known = stream.expected.expectation
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "stream": stream,
        "row": row,
        "form": form,
        "may_change": Right.SET_UP in request.rights,
        "known": known,
        "days": list(zip(DAY_NAMES, map(_texts, ranges_of(known.regular)), strict=True)) if known else [],
        "allowed_minutes": known.allowed_seconds // 60 if known else 0,
        "pause_minutes": known.usual_pause_seconds // 60 if known else 0,
        "cost": cost_of(stream),
        "known_days": (row.learned.get("known_hours", 0) if row else 0) // 24,
        "needed_days": 7 * LEARNED_WEEKS,
    }
    return render(request, "monitoring/expected_hours.html", context, status=status)


def _texts(ranges: list[tuple[int, int]]) -> str:
    return ", ".join(f"{start:02}:00–{end:02}:00" for start, end in ranges)
