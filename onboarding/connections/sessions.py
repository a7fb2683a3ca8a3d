"""Sessions of a connection's role in the client's account. Every AssumeRole of a client's role is made here.

So a denial degrades the connection at once, whatever met it, and the first session after it heals the connection. Where
nothing changed, no row is read or written.

Each session has the session policy of its scope, so that a session that reads metrics can do nothing else. Only the
permission report has none, because it tests the role itself (docs/decisions/0034-session-policies.md).
"""

import time
from collections.abc import Callable
from functools import lru_cache, partial

from django.utils import timezone

from onboarding.connections.grant import grant_of
from onboarding.connections.trust_outcome import is_degraded_by_denial, keep_denial, keep_report
from onboarding.models.connection import Connection
from onboarding.service_guards import OURSELVES
from portal import request_context
from portal.aws import names
from portal.aws.assumed_roles import assume_role, assume_role_anew
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope, no_permissions, session_policy
from portal.aws.policies.statements import Document
from portal.aws.role_grant import RoleGrant
from portal.aws.session import AwsSession
from portal.aws.sts import Outcome, TrustReport, check_trust
from portal.database_clock import DatabaseClock
from portal.messages.message import Message

Progress = Callable[[Message], None]

CONFIRMED_SECONDS = 10
_CONFIRMED_AT: dict[int, float] = {}


def session_for(
    connection: Connection,
    region: str,
    purpose: str,
    scope: SessionScope = SessionScope.PROVISIONING,
    *,
    stream_arn: str = "",
    files_arn: str = "",
    fips: bool = False,
) -> AwsSession:
    """Return a session of the connection's role, narrowed to a scope; the client's CloudTrail names its purpose.

    `purpose` ends with the ID of the run, integration or connection that it is for, which stays the same from call to
    call: sessions are kept by their names.

    A session for provisioning reads records of `stream_arn` alone, one for error files those of `files_arn`. Raises
    AwsFault.

    With `fips` it is made, and calls AWS, through FIPS endpoints. If a call in it is denied because the role is gone,
    the call raises the AwsFault of AssumeRole.
    """

    def confirm(fault: AwsFault) -> None:
        if fault.may_be_denied_role and not _is_confirmed(connection):
            _confirm(connection, assume)

    assume = partial(
        assume_role,
        role_arn=connection.role_arn,
        external_id=connection.external_id,
        session_name=names.role_session_name(purpose),
        region=region,
        fips=fips,
        policy=policy_of(connection, scope, stream_arn, files_arn),
    )
    session = _assumed(connection, partial(assume, not_before=connection.state_since))
    return session.reporting_faults(confirm)


def session_anew(
    connection: Connection,
    region: str,
    purpose: str,
    scope: SessionScope = SessionScope.PROVISIONING,
    *,
    stream_arn: str = "",
    fips: bool = False,
) -> AwsSession:
    """Return a session as session_for does, by asking AWS now. Raises AwsFault."""
    return _assumed(
        connection,
        lambda: assume_role_anew(
            role_arn=connection.role_arn,
            external_id=connection.external_id,
            session_name=names.role_session_name(purpose),
            region=region,
            fips=fips,
            policy=policy_of(connection, scope, stream_arn),
        ),
    )


def checking_session(connection: Connection, region: str) -> AwsSession:
    """Return a short session in which the role's permissions are read. Raises AwsFault."""
    return _assumed(
        connection,
        lambda: assume_role_anew(
            role_arn=connection.role_arn or connection.usual_role_arn,
            external_id=connection.external_id,
            session_name=names.role_session_name(f"permissions-{_act(connection)}"),
            region=region,
            duration_seconds=900,
        ),
    )


def ignore_progress(_: Message) -> None:
    """Ignore how far a check is: no one waits for it."""


def trust_report(connection: Connection, role_arn: str, progress: Progress = ignore_progress) -> TrustReport:
    """Try the role with the right, a wrong and no external ID, and return the outcomes; the caller keeps them."""
    return check_trust(
        role_arn=role_arn,
        external_id=connection.external_id,
        session_name=names.role_session_name(f"verify-{_act(connection)}"),
        policy=no_permissions(),
        before_attempt=lambda number: progress(Message("check.testing_role", attempt=number)),
    )


def policy_of(connection: Connection, scope: SessionScope, stream_arn: str = "", files_arn: str = "") -> Document:
    """Return the session policy of a scope for the connection's role."""
    return _policy_of(grant_of(connection), scope, stream_arn, files_arn)


# Composing the grant takes longer than looking it up, and the tap asks for each read of a stream.
@lru_cache(maxsize=256)
def _policy_of(grant: RoleGrant, scope: SessionScope, stream_arn: str, files_arn: str) -> Document:
    return session_policy(
        scope,
        granted=[policy.document for policy in grant.permissions],
        account_id=grant.account_id,
        partition=grant.partition,
        stream_arn=stream_arn,
        files_arn=files_arn,
    )


def _assumed(connection: Connection, attempt: Callable[[], AwsSession]) -> AwsSession:
    try:
        session = attempt()
    except AwsFault as fault:
        if fault.is_denied_role:
            keep_denial(connection, fault)
        raise
    if is_degraded_by_denial(connection):
        _heal(connection)
    return session


def _heal(connection: Connection) -> None:
    """Test a role that can be assumed again; it may have come back without the condition on the external ID."""
    began = DatabaseClock().now()
    report = trust_report(connection, connection.role_arn)
    if report.right is not Outcome.UNKNOWN:
        keep_report(connection, connection.role_arn, report, OURSELVES, began, quietly=True)


def _confirm(connection: Connection, assume: Callable[..., AwsSession]) -> None:
    """Ask AWS whether the role can still be assumed; the answer replaces the session that is kept.

    Raises AwsFault if not. No answer leaves the cause open.
    """
    try:
        assume(not_before=timezone.now())
    except AwsFault as fault:
        if not fault.is_denied_role:
            return
        keep_denial(connection, fault)
        raise
    _CONFIRMED_AT[connection.pk] = time.monotonic()


def _is_confirmed(connection: Connection) -> bool:
    """Return whether AWS allowed the role a moment ago, so that a denial is about one action."""
    confirmed_at = _CONFIRMED_AT.get(connection.pk)
    return confirmed_at is not None and time.monotonic() - confirmed_at < CONFIRMED_SECONDS


def _act(connection: Connection) -> str:
    """Return what names the one act that a session is for, as the audit trail and the log do.

    Only for sessions that are not kept: for one that is, each request would need a session of its own.
    """
    return request_context.origin().request_id or connection.uid
