"""Notifies people of alerts, through the outbox and in the transaction of what it is about.

So a worker that dies before its commit has neither opened nor sent, and one that dies after it has done both: the row
of the outbox is there, and is written once for each event. Called with the alert's row locked.
"""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from monitoring.alert_models import Alert
from monitoring.alerts import mutes
from portal.messages.message import Message, Param
from portal.outbox import kinds, outbox
from portal.tenancy import selectors
from portal.tenancy.models import User


def notify_of_opening(alert: Alert, *, now: datetime) -> None:
    """Notify everyone of the tenant of an open alert, unless it is muted; then it stays to be notified of."""
    alert.needs_notice = True
    if _is_silenced(alert, now):
        return
    alert.needs_notice = False
    alert.notice_count += 1
    alert.notified_at = now
    message = Message("notification.alert_opened", **_named(alert))
    _write(kinds.ALERT_OPENED, alert, message, selectors.people_of(alert.tenant))


def notify_of_closing(alert: Alert, *, now: datetime) -> None:
    """Notify everyone that an alert is over, if they were notified of it; while it is muted, only end its incident."""
    # A mute that came later lets the notice wait again, but people know of this opening all the same.
    is_known = bool(alert.notified_at and alert.opened_at and alert.notified_at >= alert.opened_at)
    alert.needs_notice = False
    if is_known and not alert.tenant.is_suspended:
        message = Message("notification.alert_closed", **_named(alert))
        is_muted = _is_silenced(alert, now)
        people = [] if is_muted else selectors.people_of(alert.tenant)
        _write(kinds.ALERT_CLOSED, alert, message, people, incidents_only=is_muted)


def escalate(alert: Alert, to: Iterable[User], *, minutes: int, now: datetime) -> None:
    """Notify once more of an alert that no one acknowledged."""
    alert.escalated_at = now
    message = Message("notification.alert_escalated", open_seconds=minutes * 60, **_named(alert))
    _write(kinds.ALERT_ESCALATED, alert, message, to)


def _is_silenced(alert: Alert, now: datetime) -> bool:
    return alert.tenant.is_suspended or mutes.mute_of(alert, now=now) is not None


def _named(alert: Alert) -> dict[str, Param]:
    unknown = Message("notification.no_text")
    return {
        "kind": str(alert.kind),
        "alert": alert.title or unknown,
        "text": alert.message or unknown,
        "tenant": alert.tenant.name,
    }


def _write(
    kind: kinds.Kind, alert: Alert, message: Message, to: Iterable[User], *, incidents_only: bool = False
) -> None:
    outbox.write(
        kind,
        message,
        event=f"alert-{alert.uid}-{alert.notice_count}",
        to=to,
        tenant=alert.tenant,
        path=reverse("alert", kwargs={"slug": alert.tenant.slug, "uid": alert.uid}),
        incidents_only=incidents_only,
    )
