"""Shards and cost of a stream, from the traffic that was measured, or from what a person types instead."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monitoring.models import StreamHealth
from monitoring.shard_advice import BURST, shard_advice, traffic_of
from monitoring.traffic_peaks import MeasuredTraffic, measured_traffic
from monitoring.watched_streams import WatchedStream, watched_stream
from onboarding.estimates.traffic import MOST_DEVICES, Traffic
from onboarding.things.selectors import device_count
from onboarding.views.estimate import result_of
from onboarding.wizard.forms.estimate import EstimateForm
from portal.tenancy.access import TenantRequest, of_tenant


@require_safe
@of_tenant()
def stream_estimate(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the estimate of what was measured; with numbers in the address, of those."""
    stream = watched_stream(uid)
    if stream is None or stream.tenant_slug != request.tenant.slug:
        raise Http404
    health = StreamHealth.objects.filter(integration_id=stream.integration_id).first()
    measured = measured_traffic(health.traffic if health else None)
    form = _form(request, stream, measured)
    if request.htmx:
        return render(request, "onboarding/_estimate_live.html", {"form": form, **result_of(form)})
    shown = {
        "tenant": request.tenant,
        "stream": stream,
        "form": form,
        "measured": measured,
        "days": measured.minutes // 1440 if measured else 0,
        "hours": measured.minutes // 60 if measured else 0,
        "advice": shard_advice(stream, measured),
        "burst": BURST,
        **result_of(form),
    }
    return render(request, "monitoring/estimate.html", shown)


def _form(request: TenantRequest, stream: WatchedStream, measured: MeasuredTraffic | None) -> EstimateForm:
    if "records_per_second" in request.GET:
        return EstimateForm(request.GET)
    return EstimateForm(_typed(stream, traffic_of(measured))) if measured else EstimateForm(initial=_settings(stream))


def _settings(stream: WatchedStream) -> dict[str, Any]:
    return {
        "region": stream.region,
        "retention_hours": str(stream.retention_hours),
        "deliveries": str(len(stream.deliveries)),
        **({"shard_level_metrics": "on"} if stream.has_shard_metrics else {}),
    }


def _typed(stream: WatchedStream, traffic: Traffic) -> dict[str, Any]:
    # With a point and more or fewer than three digits after it, so that no number is ambiguous.
    return {
        "records_per_second": f"{traffic.records_per_second:.4f}",
        "record_bytes": str(traffic.record_bytes),
        "burst_factor": str(traffic.burst_factor),
        "average_percent": f"{traffic.average_share * 100:.1f}",
        "shared_consumers": str(traffic.shared_consumers),
        "fanout_consumers": "0",
        "devices": str(min(device_count(stream.integration_id), MOST_DEVICES)),
        **_settings(stream),
    }
