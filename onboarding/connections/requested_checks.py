"""Does the checks of a connection's role that someone requested, as a worker, and keeps how far each is."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from onboarding.connections import permission_report, verification
from onboarding.connections.sessions import Progress
from onboarding.models.connection_check import ConnectionCheck
from portal import live
from portal.messages.errors import MessageError
from portal.messages.message import Message


def perform(check_id: int, *, now: datetime | None = None) -> ConnectionCheck | None:
    """Do a requested check and return it; None where it is done already, or was requested too long ago."""
    rows = ConnectionCheck.objects.select_related("connection__tenant", "run__integration__tenant")
    check = rows.filter(pk=check_id, finished_at=None).first()
    if check is None or not check.is_open_at(now or timezone.now()):
        return None
    try:
        _done(check, lambda progress: _keep(check, progress=progress))
    except ValidationError as refused:
        _keep(check, problem=_message_of(refused))
    except Exception:  # whatever ended it, the page that waits must be able to say so
        _keep(check, problem=Message("check.not_finished"))
        raise
    finally:
        _keep(check, finished_at=timezone.now())
        live.publish(f"tenant:{check.connection.tenant.slug}", "changed")
    return check


def _done(check: ConnectionCheck, progress: Progress) -> None:
    connection, actor = check.connection, check.requested_by
    if check.kind == ConnectionCheck.Kind.PERMISSIONS:
        permission_report.check_permissions(connection=connection, progress=progress)
        return
    verification.verify_connection(
        connection=connection, role_arn=check.role_arn, actor=actor, quietly=check.is_quiet, progress=progress
    )


def _keep(check: ConnectionCheck, **values: object) -> None:
    """Keep how far a check is, unless another was requested in its place."""
    ConnectionCheck.objects.filter(pk=check.pk, requested_at=check.requested_at).update(**values)


def _message_of(refused: ValidationError) -> Message:
    errors = refused.error_dict.values() if hasattr(refused, "error_dict") else [refused.error_list]
    found = next((error for group in errors for error in group if isinstance(error, MessageError)), None)
    return found.source if found else Message("check.not_started")
