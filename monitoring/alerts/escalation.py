"""Notifies once more of alerts that no one acknowledged in time.

It is a check of its own, every 15 seconds in the lane of what is sent. As the last part of each minute's check it
waited for its turn behind all scheduled work, and a check that has waited for a minute is dropped.
"""

from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Coalesce

from monitoring.alert_models import ESCALATION_MINUTES, Alert, AlertSettings, AlertState
from monitoring.alerts import mutes, notices
from monitoring.alerts.alert_rows import locked_or_none
from portal import deadlocks
from portal.tenancy import selectors
from portal.tenancy.models import Tenant, User


def settings_of(tenant: Tenant) -> AlertSettings:
    """Return a tenant's choice; one that was never saved is the default."""
    return AlertSettings.objects.filter(tenant=tenant).first() or AlertSettings(tenant=tenant)


def escalation_of(tenant: Tenant, chosen: AlertSettings) -> list[User]:
    """Return who is notified if no one acknowledges: the person chosen while they are a member, else the admins."""
    people = selectors.people_of(tenant)
    if chosen.escalate_to_id and (found := list(people.filter(pk=chosen.escalate_to_id))):
        return found
    return list(selectors.admins_of(tenant))


def due(*, now: datetime) -> QuerySet[Alert]:
    """Return the alerts of which no one has taken notice within the minutes that their tenant chose (0: never)."""
    minutes = Coalesce(F("tenant__alert_settings__escalation_minutes"), Value(ESCALATION_MINUTES))
    wait = ExpressionWrapper(minutes * Value(timedelta(minutes=1)), output_field=DurationField())
    rows = Alert.objects.filter(state=AlertState.OPEN, needs_notice=False, escalated_at=None, clear_since=None)
    waited = rows.annotate(minutes=minutes, escalates_at=F("notified_at") + wait).filter(minutes__gt=0)
    return waited.filter(tenant__is_suspended=False, escalates_at__lte=now).order_by("pk")


def escalate_due(tenant: Tenant, *, now: datetime) -> None:
    """Notify of a tenant's alerts that are due, each once for each opening, and not while it is muted."""
    chosen = settings_of(tenant)
    for alert_id in list(due(now=now).filter(tenant=tenant).values_list("pk", flat=True)):
        _escalate(alert_id, chosen, now=now)


@deadlocks.atomic
def _escalate(alert_id: int, chosen: AlertSettings, *, now: datetime) -> None:
    alert = locked_or_none(alert_id)
    if alert is None or not due(now=now).filter(pk=alert_id).exists():
        return  # someone acknowledged it meanwhile, or another worker was first
    if mutes.mute_of(alert, now=now) is None:
        to = escalation_of(alert.tenant, chosen)
        notices.escalate(alert, to, minutes=chosen.escalation_minutes, now=now)
        alert.save()
