"""People mute an alert, or a kind of alerts of one stream, with a reason and an end, and end a mute before its time."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from monitoring.alert_models import Alert, AlertKind, AlertMute, AlertState
from monitoring.alerts import notices
from monitoring.alerts.acknowledgement import LONGEST_TEXT, actor_name, leave_event
from monitoring.alerts.alert_rows import locked, publish_change
from monitoring.alerts.observation import stream_cause
from monitoring.alerts.rules import BY_KIND
from onboarding.models.integration import Integration
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act
from portal import deadlocks
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.tenancy.audit import record

MOST_DAYS = 90


@deadlocks.atomic
def mute_alert(*, alert: Alert, ends_at: datetime, reason: str, actor: Actor) -> AlertMute:
    """Notify no one of an alert until `ends_at`, in place of an earlier mute. Raises ValidationError."""
    may_act(alert.tenant)
    _check(ends_at, reason)
    row = locked(alert.pk)
    if not row.is_shown:
        raise validation_error(Message("alert.not_open"))
    _end(AlertMute.objects.filter(alert=row), actor)
    named = {"kind": row.kind, "reason": reason.strip(), "created_by": actor_name(actor)}
    mute = AlertMute.objects.create(tenant=row.tenant, alert=row, ends_at=ends_at, **named)
    _rearm(row)
    leave_event("muted", row, actor, until=ends_at.isoformat(), why=mute.reason)
    publish_change(row.tenant.slug, row.cause)
    return mute


@deadlocks.atomic
def mute_kind(*, integration: Integration, kind: str, ends_at: datetime, reason: str, actor: Actor) -> AlertMute:
    """Notify no one of one kind of alerts of a stream until `ends_at`. Raises ValidationError."""
    tenant = integration.tenant
    may_act(tenant)
    if kind not in BY_KIND or not BY_KIND[kind].of_stream:
        raise field_error("kind", Message("alert.kind_unknown"))
    _check(ends_at, reason)
    lock_integration(integration.pk)
    _end(AlertMute.objects.filter(integration=integration, kind=kind, alert=None), actor)
    named = {"kind": kind, "reason": reason.strip(), "created_by": actor_name(actor)}
    mute = AlertMute.objects.create(tenant=tenant, integration=integration, ends_at=ends_at, **named)
    for alert_id in _silenced_by(mute):
        _rearm(locked(alert_id))
    _leave_event_of_stream("muted", mute, actor)
    publish_change(tenant.slug)
    return mute


@deadlocks.atomic
def unmute(*, mute: AlertMute, actor: Actor) -> None:
    """End a mute; people are notified of what is still open and of which they were not notified meanwhile."""
    may_act(mute.tenant)
    if mute.integration_id:
        lock_integration(mute.integration_id)
    now = timezone.now()
    if not _end(AlertMute.objects.filter(pk=mute.pk, ends_at__gt=now), actor):
        return
    for alert_id in _silenced_by(mute):
        alert = locked(alert_id)
        if alert.state == AlertState.OPEN and alert.needs_notice and alert.clear_since is None:
            notices.notify_of_opening(alert, now=now)
            alert.save()
    if mute.alert:
        leave_event("unmuted", mute.alert, actor)
    else:
        _leave_event_of_stream("unmuted", mute, actor)
    publish_change(mute.tenant.slug)


def _check(ends_at: datetime, reason: str) -> None:
    now = timezone.now()
    if ends_at <= now:
        raise field_error("ends_at", Message("alert.mute_in_the_past"))
    if ends_at > now + timedelta(days=MOST_DAYS):
        raise field_error("ends_at", Message("alert.mute_too_long", days=MOST_DAYS))
    if not reason.strip():
        raise field_error("reason", Message("alert.reason_missing"))
    if len(reason.strip()) > LONGEST_TEXT:
        raise field_error("reason", Message("alert.text_too_long", most=LONGEST_TEXT))


def _end(rows: QuerySet[AlertMute], actor: Actor) -> int:
    return rows.filter(ended_at=None).update(ended_at=timezone.now(), ended_by=actor_name(actor))


def _rearm(alert: Alert) -> None:
    """Let people be notified again of an open alert, when its mute has ended and its condition still holds."""
    if alert.state == AlertState.OPEN:
        alert.needs_notice, alert.escalated_at = True, None
        alert.save(update_fields=["needs_notice", "escalated_at"])


def _silenced_by(mute: AlertMute) -> list[int]:
    rows = Alert.objects.filter(tenant=mute.tenant, state=AlertState.OPEN)
    if mute.alert_id:
        rows = rows.filter(pk=mute.alert_id)
    elif mute.integration:
        rows = rows.filter(kind=mute.kind, cause=stream_cause(mute.integration.uid))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _leave_event_of_stream(verb: str, mute: AlertMute, actor: Actor) -> None:
    record(
        f"monitoring:alert:{verb}",
        tenant=mute.tenant,
        actor=actor,
        target=f"{AlertKind(mute.kind).label}: {mute.integration}",
        about=mute.integration,
        details={"kind": mute.kind, "until": mute.ends_at.isoformat(), "why": mute.reason},
    )
