"""Which alerts are silenced now."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from monitoring.alert_models import Alert, AlertMute
from monitoring.alerts.observation import stream_cause

_STREAM = stream_cause("")


def active(tenant_id: int | None, *, now: datetime) -> QuerySet[AlertMute]:
    """Return the mutes that are in effect: a tenant's, or those of all."""
    rows = AlertMute.objects.filter(ended_at=None, ends_at__gt=now)
    return rows if tenant_id is None else rows.filter(tenant_id=tenant_id)


def muted_streams(tenant_id: int, kind: str, integration_ids: Iterable[int], *, now: datetime) -> set[int]:
    """Return which of these streams have a mute of their own for a kind of alerts."""
    rows = active(tenant_id, now=now).filter(alert=None, kind=kind, integration_id__in=list(integration_ids))
    return {pk for pk in rows.values_list("integration_id", flat=True) if pk}


def mute_of(alert: Alert, *, now: datetime) -> AlertMute | None:
    """Return the mute that silences an alert for the longest, or None."""
    of_it = Q(alert=alert)
    if alert.cause.startswith(_STREAM):
        of_it |= Q(alert=None, kind=alert.kind, integration__uid=alert.cause.removeprefix(_STREAM))
    return active(alert.tenant_id, now=now).filter(of_it).order_by("-ends_at").first()


def mutes_of(alerts: Iterable[Alert], tenant_id: int | None, *, now: datetime) -> dict[int, AlertMute]:
    """Return by the alert's key the mute of each that is silenced, in one query."""
    rows = list(active(tenant_id, now=now).select_related("integration"))
    of_alerts = {row.alert_id: row for row in rows if row.alert_id}
    of_kinds = {(stream_cause(row.integration.uid), row.kind): row for row in rows if row.integration}
    found: dict[int, AlertMute] = {}
    for alert in alerts:
        candidates = (of_alerts.get(alert.pk), of_kinds.get((alert.cause, alert.kind)))
        known = [mute for mute in candidates if mute is not None]
        if known:
            found[alert.pk] = max(known, key=lambda mute: mute.ends_at)
    return found
