"""Verification of a connection: the role is tried with the right, a wrong and no external ID."""

from datetime import datetime

from django.db.models import QuerySet

from onboarding.connections.external_ids import renew_external_id
from onboarding.connections.grant import keep_deployed
from onboarding.connections.selectors import is_in_use
from onboarding.connections.sessions import Progress, checking_session, ignore_progress, trust_report
from onboarding.connections.trust_outcome import keep_report
from onboarding.models.connection import Connection
from onboarding.models.states import ConnectionState
from onboarding.service_guards import OURSELVES, Actor, follow_rule, may_act, must_have_grant
from portal.aws import names
from portal.aws.errors import AwsFault
from portal.database_clock import DatabaseClock
from portal.messages.message import Message


def verify_connection(
    *,
    connection: Connection,
    role_arn: str,
    actor: Actor,
    now: datetime | None = None,
    quietly: bool = False,
    progress: Progress = ignore_progress,
) -> Connection:
    """Try the role with the right, a wrong and no external ID, and keep what was found.

    A void external ID is replaced instead, and AWS is not asked. `quietly` leaves an audit event of changes only.
    Raises ValidationError by field before any call is made when the ARN cannot be this account's role.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    role_arn, now = role_arn.strip(), now or DatabaseClock().now()
    follow_rule("role_arn", names.check_role_arn, role_arn, connection.account_id)
    if connection.is_expired_at(now) and not is_in_use(connection):
        return renew_external_id(connection=connection, actor=actor, now=now)
    report = trust_report(connection, role_arn, progress)
    kept = keep_report(connection, role_arn, report, actor, now, quietly=quietly)
    progress(Message("check.reading_policies"))
    return _look(kept, now)


def recheck_connection(*, connection: Connection, now: datetime | None = None) -> Connection:
    """Try a verified or degraded connection's role again; no answer of AWS changes nothing."""
    now = now or DatabaseClock().now()
    report = trust_report(connection, connection.role_arn)
    if report.is_undecided:
        return connection
    return _look(keep_report(connection, connection.role_arn, report, OURSELVES, now, quietly=True), now)


def _look(connection: Connection, now: datetime) -> Connection:
    """Read the policies of a role that works; a role that was verified just now may not be seen everywhere yet."""
    if connection.state == ConnectionState.VERIFIED:
        try:
            keep_deployed(connection, checking_session(connection, "us-east-1"), now)
        except AwsFault:
            return connection
    return connection


def watched_connections() -> QuerySet[Connection]:
    """Return the connections that are tried again on schedule."""
    states = [ConnectionState.VERIFIED, ConnectionState.DEGRADED]
    return Connection.objects.filter(state__in=states).exclude(role_arn="")
