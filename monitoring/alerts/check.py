"""The check of every tenant each minute: what no collection sees, mutes that ended, and what is old."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from monitoring.alert_models import LIVE, Alert, AlertKind, AlertMute, AlertState, AlertStream
from monitoring.alerts import evaluation, mutes, notices, shared_alerts
from monitoring.alerts.account_conditions import observe_connections
from monitoring.alerts.alert_rows import locked_or_none
from monitoring.alerts.key_conditions import observe_access_keys, observe_openpgp_keys
from monitoring.alerts.lifecycle import close
from onboarding.integrations.selectors import live_integrations
from onboarding.models.connection import Connection
from onboarding.models.states import IntegrationState
from portal import deadlocks
from portal.messages.message import Message
from portal.tenancy.models import Tenant

KEPT = timedelta(days=90)
NOT_KNOWN = timedelta(days=7)
_GONE = (IntegrationState.REMOVING, IntegrationState.REMOVED)


def check_tenant(tenant: Tenant, *, now: datetime) -> None:
    """Observe what a tenant has, notify of what waited, and close and delete what is over."""
    # What only pages show of a thousand streams takes longer to read than all that is checked here.
    rows = live_integrations().filter(tenant=tenant).select_related("health")
    streams = list(rows.defer("draft", "health__measurements", "health__sparkline"))
    keys = observe_openpgp_keys(tenant.pk, streams, now=now)
    observed = [*observe_connections(streams, now=now), *observe_access_keys(streams, now=now), *keys]
    evaluation.note(tenant.pk, observed, now=now)
    shared_alerts.leave_gone(tenant.pk, not_seen_since=now - NOT_KNOWN, now=now)
    _close_gone(tenant, {seen.cause for seen in keys}, now)
    if not tenant.is_suspended:
        _notify_after_mutes(tenant, now)
    _delete_old(tenant, now)


def check_connection(connection_id: int, *, now: datetime) -> None:
    """Observe one connection whose state has changed."""
    connection = Connection.objects.get(pk=connection_id)
    streams = live_integrations().filter(connection_id=connection_id).select_related("health")
    evaluation.note(connection.tenant_id, observe_connections(streams, now=now), now=now)


def _close_gone(tenant: Tenant, known_keys: set[str], now: datetime) -> None:
    remaining = AlertStream.objects.filter(alert=OuterRef("pk")).exclude(integration__state__in=_GONE)
    rows = Alert.objects.filter(tenant=tenant, state__in=LIVE).annotate(concerns_any=Exists(remaining))
    for row in rows.only("pk", "cause", "kind", "state", "seen_at", "opened_at"):
        if row.state != AlertState.PENDING and not row.concerns_any:
            _close(row.pk, Message("alert.stream_removed"), now)
        elif row.kind == AlertKind.CERTIFICATE_EXPIRING and row.cause not in known_keys:
            _close(row.pk, Message("alert.key_not_used"), now)
        elif row.seen_at <= now - NOT_KNOWN:
            _close(row.pk, Message("alert.not_known"), now)


@deadlocks.atomic
def _close(alert_id: int, because: Message, now: datetime) -> None:
    alert = locked_or_none(alert_id)
    if alert is None:
        return
    if alert.state == AlertState.PENDING:
        alert.delete()
    elif alert.is_shown:
        close(alert, because, now=now)
        alert.save()


def _notify_after_mutes(tenant: Tenant, now: datetime) -> None:
    rows = Alert.objects.filter(tenant=tenant, state=AlertState.OPEN, needs_notice=True)
    muted = mutes.mutes_of(rows, tenant.pk, now=now) if rows else {}
    for row in rows:
        if row.pk not in muted:
            notify_if_needed(row.pk, now=now)


@deadlocks.atomic
def notify_if_needed(alert_id: int, *, now: datetime) -> None:
    """Notify of an open alert whose notice waited for the end of a mute, if its condition still holds."""
    alert = locked_or_none(alert_id)
    if alert and alert.state == AlertState.OPEN and alert.needs_notice and alert.clear_since is None:
        notices.notify_of_opening(alert, now=now)
        alert.save()


def _delete_old(tenant: Tenant, now: datetime) -> None:
    before = now - KEPT
    Alert.objects.filter(tenant=tenant, state=AlertState.CLOSED, closed_at__lt=before).delete()
    AlertMute.objects.filter(tenant=tenant, ends_at__lt=before).delete()
