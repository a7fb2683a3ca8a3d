"""What a monthly report holds, as plain data: each stream, the alerts, and what is not known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from monitoring.alert_models import Alert, AlertState
from monitoring.collection.metric_cost import requested_in
from monitoring.models import StreamHealth
from monitoring.reports.month import Month
from monitoring.reports.states import states_of
from monitoring.reports.usage import Usage, usage_of
from monitoring.watched_streams import WatchedStream, watched_streams_of
from onboarding.credentials.selectors import keys_of_age
from onboarding.integrations.selectors import live_integrations
from onboarding.models.rotation import Rotation
from onboarding.models.states import RotationState
from portal.tenancy.models import Tenant

DAY = 86_400


def contents_of(tenant: Tenant, month: Month, *, now: datetime) -> dict[str, Any]:
    """Return the report of a month; reads CloudWatch, so it is called by workers and commands only."""
    rows = live_integrations().filter(tenant=tenant)
    streams = sorted(watched_streams_of(rows), key=lambda stream: (stream.stream_name, stream.uid))
    usage = usage_of(streams, month, now=now)
    return {
        "streams": [_stream(stream, usage[stream.integration_id], month) for stream in streams],
        "alerts": _alerts(tenant, month),
        "totals": _totals([usage[stream.integration_id] for stream in streams]),
    }


def _stream(stream: WatchedStream, usage: Usage, month: Month) -> dict[str, Any]:
    states = states_of(stream.integration_id, month)
    health = StreamHealth.objects.filter(integration_id=stream.integration_id).first()
    return {
        "uid": stream.uid,
        "name": stream.stream_name,
        "account_id": stream.account_id,
        "region": stream.region,
        "records": usage.records,
        "bytes": usage.size,
        "throttled": usage.throttled,
        "problem": usage.problem.as_json() if usage.problem else None,
        "healthy_seconds": states.healthy,
        "unhealthy_seconds": states.unhealthy,
        "unknown_seconds": states.unknown,
        "known_since": states.known_since.isoformat() if states.known_since else None,
        "metrics_requested": requested_in(health, month.first),
        **_keys(stream.integration_id, month),
    }


def _keys(integration_id: int, month: Month) -> dict[str, Any]:
    keys = keys_of_age().filter(integration_id=integration_id, created_at__lt=month.end)
    oldest = keys.order_by("created_at").values_list("created_at", flat=True).first()
    done = Rotation.objects.filter(integration_id=integration_id, state=RotationState.DONE)
    rotations = done.filter(finished_at__gte=month.start, finished_at__lt=month.end).count()
    days = (month.end - oldest).total_seconds() / DAY if oldest else None
    return {"key_days": days, "rotations": rotations}


def _alerts(tenant: Tenant, month: Month) -> dict[str, Any]:
    rows = Alert.objects.filter(tenant=tenant).exclude(state=AlertState.PENDING)
    opened = rows.filter(opened_at__gte=month.start, opened_at__lt=month.end)
    waits = sorted(
        (acknowledged_at - opened_at).total_seconds()
        for opened_at, acknowledged_at in opened.values_list("opened_at", "acknowledged_at")
        if opened_at and acknowledged_at
    )
    kinds = opened.order_by().values_list("kind").annotate(number=Count("pk"))
    return {
        "opened": opened.count(),
        "closed": rows.filter(closed_at__gte=month.start, closed_at__lt=month.end).count(),
        "acknowledged": len(waits),
        "mean_seconds": sum(waits) / len(waits) if waits else None,
        "longest_seconds": waits[-1] if waits else None,
        "by_kind": dict(sorted(kinds, key=lambda pair: (-pair[1], pair[0]))),
    }


def _totals(usage: Sequence[Usage]) -> dict[str, Any]:
    known = [each for each in usage if each.problem is None]
    return {
        "streams": len(usage),
        "known": len(known),
        "records": sum(each.records or 0 for each in known),
        "bytes": sum(each.size or 0 for each in known),
    }
