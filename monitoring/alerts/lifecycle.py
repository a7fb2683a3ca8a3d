"""An alert opens and closes: its row, the notices and the pages. Called with the row locked; the caller saves it."""

from datetime import datetime

from monitoring.alert_models import Alert, AlertState
from monitoring.alerts import notices
from monitoring.alerts.alert_rows import publish_change
from monitoring.alerts.damping import Track
from portal.messages.message import Message


def track_of(alert: Alert) -> Track:
    """Return what an alert's row remembers of its condition."""
    return Track(alert.is_shown, alert.since, alert.seen_at, alert.clear_since, alert.flap_count)


def reason_of_end(threshold: float | None) -> Message:
    """Return why an alert closes by its rule."""
    return Message("alert.switched_off") if threshold is None else Message("alert.condition_ended")


def open_now(alert: Alert, *, now: datetime) -> None:
    """Open an alert, or open it again, and notify people of it."""
    alert.state = AlertState.OPEN
    alert.opened_at = now
    alert.closed_at = alert.closed_because = alert.acknowledged_at = alert.escalated_at = None
    alert.acknowledged_by = alert.note = ""
    notices.notify_of_opening(alert, now=now)


def close(alert: Alert, because: Message, *, now: datetime) -> None:
    """Close an alert; everyone who was notified of it is notified."""
    alert.state = AlertState.CLOSED
    alert.closed_at, alert.closed_because = now, because
    alert.clear_since = alert.clear_since or alert.seen_at
    notices.notify_of_closing(alert, now=now)
    publish_change(alert.tenant.slug, alert.cause)
