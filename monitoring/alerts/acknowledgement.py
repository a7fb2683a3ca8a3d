"""A person takes care of an alert, so that it is not escalated."""

from django.utils import timezone

from monitoring.alert_models import Alert, AlertState
from monitoring.alerts.alert_rows import locked, publish_change
from onboarding.service_guards import Actor, may_act
from portal import deadlocks
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.tenancy.audit import record

LONGEST_TEXT = 300


@deadlocks.atomic
def acknowledge(*, alert: Alert, actor: Actor, note: str = "") -> Alert:
    """Acknowledge an open alert; one that is acknowledged already is left as it is.

    Raises ValidationError for one that is closed, and for a note of more than 300 characters.
    """
    may_act(alert.tenant)
    if len(note.strip()) > LONGEST_TEXT:
        raise field_error("note", Message("alert.text_too_long", most=LONGEST_TEXT))
    row = locked(alert.pk)
    if not row.is_shown:
        raise validation_error(Message("alert.not_open"))
    if row.state == AlertState.OPEN:
        row.state, row.needs_notice = AlertState.ACKNOWLEDGED, False
        row.acknowledged_at, row.acknowledged_by = timezone.now(), actor_name(actor)
        row.note = note.strip()
        row.save()
        leave_event("acknowledged", row, actor, note=row.note)
        publish_change(row.tenant.slug, row.cause)
    return row


def actor_name(actor: Actor) -> str:
    """Return who acts as rows keep it."""
    return actor if isinstance(actor, str) else actor.email


def leave_event(verb: str, alert: Alert, actor: Actor, **details: object) -> None:
    """Leave an audit event of what was done with an alert."""
    action = f"monitoring:alert:{verb}"
    details = {"kind": alert.kind, **details}
    record(action, tenant=alert.tenant, actor=actor, target=str(alert), about=alert, details=details)
