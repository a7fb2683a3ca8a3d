"""Does the checks of a connection's role that someone requested, as a worker, and keeps how far each is."""

from onboarding import check_queue
from onboarding.connections import permission_report, verification
from onboarding.connections.sessions import Progress
from onboarding.models.connection_check import ConnectionCheck


def perform(check_id: int) -> ConnectionCheck | None:
    """Do a requested check and return it; None where it is done already, or was requested too long ago."""
    check = check_queue.claim(ConnectionCheck, check_id)
    if check is None:
        return None
    with check_queue.finishing(check, check.connection.tenant):
        _done(check, lambda progress: check_queue.keep(check, progress=progress))
    return check


def _done(check: ConnectionCheck, progress: Progress) -> None:
    connection, actor = check.connection, check.requested_by
    if check.kind == ConnectionCheck.Kind.PERMISSIONS:
        permission_report.check_permissions(connection=connection, progress=progress)
        return
    verification.verify_connection(
        connection=connection, role_arn=check.role_arn, actor=actor, quietly=check.is_quiet, progress=progress
    )
