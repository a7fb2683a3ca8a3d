"""Requests for checks of a connection's role. Nothing here calls AWS: a worker does what is requested."""

from django.utils import timezone

from onboarding import check_queue
from onboarding.connections.external_ids import renew_external_id
from onboarding.connections.selectors import is_in_use
from onboarding.models.connection import Connection
from onboarding.models.connection_check import ConnectionCheck
from onboarding.models.requested_check import OPEN
from onboarding.models.run import Run
from onboarding.service_guards import Actor, follow_rule, may_act, must_have_grant
from portal import deadlocks
from portal.aws import names
from portal.messages.message import Message

WAITING = Message("check.waiting")


@deadlocks.atomic
def request_trust_test(
    *, connection: Connection, role_arn: str, actor: Actor, is_quiet: bool = False, run: Run | None = None
) -> ConnectionCheck | None:
    """Request that the role is tested; `run` is resumed if it works.

    Returns None where the external ID has expired: it is replaced instead. Raises ValidationError by field when the ARN
    cannot be this account's role.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    role_arn, now = role_arn.strip(), timezone.now()
    follow_rule("role_arn", names.check_role_arn, role_arn, connection.account_id)
    if connection.is_expired_at(now) and not is_in_use(connection):
        renew_external_id(connection=connection, actor=actor, now=now)
        return None
    kind, inputs = ConnectionCheck.Kind.TRUST, {"role_arn": role_arn}
    return _request(connection, kind, actor, inputs, is_quiet=is_quiet, run=run)


@deadlocks.atomic
def request_permission_check(*, connection: Connection, actor: Actor) -> ConnectionCheck:
    """Request that the role's permissions are checked. Raises ValidationError for a connection without a role."""
    may_act(connection.tenant)
    must_have_grant(connection)
    return _request(connection, ConnectionCheck.Kind.PERMISSIONS, actor, {})


def open_check(connection: Connection) -> ConnectionCheck | None:
    """Return the check that is requested or under way, or None."""
    rows = ConnectionCheck.objects.filter(OPEN, connection=connection)
    return rows.order_by("requested_at").first()


def last_problem(connection: Connection) -> Message | None:
    """Return why the last requested check could not be done, or None."""
    rows = ConnectionCheck.objects.filter(connection=connection).exclude(OPEN)
    found = rows.order_by("-requested_at").first()
    return check_queue.problem_of(found) if found else None


def _request(
    connection: Connection, kind: ConnectionCheck.Kind, actor: Actor, inputs: dict[str, str], **details: object
) -> ConnectionCheck:
    of = {"connection": connection, "kind": kind}
    return check_queue.request(ConnectionCheck, of=of, inputs=inputs, actor=str(actor), progress=WAITING, **details)
