"""The page of a stream's deliveries, and the script that puts failed records back."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monitoring.delivery_pages.failures import FailuresPanel, failures_panel, put_back_script, seen_in
from monitoring.delivery_pages.table_fields import table_fields
from monitoring.failed_deliveries.source import static_prefix
from monitoring.first_query.athena import FirstQuery, first_query
from monitoring.read_audit.notes import note_answer
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience, audience_of
from monitoring.tasks import request_failures
from monitoring.watched_streams import WatchedStream, watched_stream
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import from_row
from portal import live
from portal.tenancy.access import TenantRequest, of_tenant


@dataclass(frozen=True, slots=True)
class DeliveryPart:
    """A delivery on the page, with its failed records and its first query."""

    delivery: Delivery
    number: str
    title: str
    failures: FailuresPanel
    query: FirstQuery


@require_safe
@of_tenant()
def deliveries(request: TenantRequest, uid: str) -> HttpResponse:
    """Show each delivery of a stream, or with ?part=failures&delivery=NAME the failed records of one."""
    stream, integration = _found(request, uid)
    connection = integration.connection
    if connection is None:
        raise Http404
    audience = audience_of(request.user, request.tenant, uid)
    live.hold({f"stream:{uid}:{audience}": 0}, process="page")  # error files are read while someone watches
    parts = [
        _part(stream, integration, connection, delivery, number, audience)
        for number, delivery in enumerate(from_row(integration.spec).deliveries, 1)
    ]
    if any(part.failures.problem is None and part.failures.found is None for part in parts):
        request_failures(stream)
    shown = {"tenant": request.tenant, "stream": stream}
    if request.GET.get("part") == "failures":
        part = next((part for part in parts if part.delivery.name == request.GET.get("delivery")), None)
        if part is None:
            raise Http404
        _note(request, uid, [part], audience)
        return render(request, "monitoring/_failures.html", shown | {"part": part})
    _note(request, uid, parts, audience)
    return render(
        request,
        "monitoring/deliveries.html",
        shown | {"parts": parts, "events_url": f"/events/stream/{uid}/{audience}/"},
    )


@require_safe
@of_tenant()
def put_back(request: TenantRequest, uid: str, delivery: str) -> HttpResponse:
    """Download the script for one delivery. It has no data and no credentials."""
    stream, integration = _found(request, uid)
    found = next((each for each in from_row(integration.spec).deliveries if each.name == delivery), None)
    if found is None:
        raise Http404
    script = put_back_script(stream, found.bucket, static_prefix(found.error_prefix))
    name = f"put-back-{found.name}.py"
    return HttpResponse(
        script,
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _note(request: TenantRequest, uid: str, parts: list[DeliveryPart], audience: Audience) -> None:
    """Note that the person is sent the samples of these deliveries."""
    seen = seen_in(part.failures for part in parts)
    note_answer(request, uid, ReadSource.FAILED, seen, is_masked=audience is Audience.MASKED)


def _found(request: TenantRequest, uid: str) -> tuple[WatchedStream, Integration]:
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    return stream, Integration.objects.select_related("connection").get(pk=stream.integration_id)


def _part(
    stream: WatchedStream,
    integration: Integration,
    connection: Connection,
    delivery: Delivery,
    number: int,
    audience: Audience,
) -> DeliveryPart:
    fields, about = table_fields(integration, audience)
    return DeliveryPart(
        delivery=delivery,
        number=str(number),
        title=delivery.destination.TITLE,
        failures=failures_panel(stream, connection, delivery, audience),
        query=first_query(delivery, since=integration.created_at, fields=fields, about_fields=about),
    )
