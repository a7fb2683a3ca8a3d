"""What a trust test, or a denial of the role at any other time, makes of a connection: its state, with the time."""

from datetime import datetime

from onboarding.connections import administrator_links
from onboarding.connections.account_holder import TAKEN, hold_account, notify_support, other_holder
from onboarding.connections.state_changes import publish_state
from onboarding.connections.trust_verdict import verdict
from onboarding.models.connection import Connection
from onboarding.models.states import ConnectionState
from onboarding.service_guards import OURSELVES, Actor, record
from portal import deadlocks
from portal.aws.errors import AwsFault
from portal.aws.sts import Outcome, TrustReport
from portal.database_clock import DatabaseClock
from portal.messages.message import Message

_GOOD_UNTIL_DENIED = [ConnectionState.VERIFIED, ConnectionState.DEGRADED]


@deadlocks.atomic
def keep_report(
    connection: Connection, role_arn: str, report: TrustReport, actor: Actor, now: datetime, *, quietly: bool
) -> Connection:
    """Keep the result of a trust test that began at `now`, unless a later one was kept already.

    `quietly` leaves an audit event of changes only.
    """
    locked = Connection.objects.select_for_update(of=("self",), no_key=True).filter(pk=connection.pk)
    if locked.filter(checked_at__gt=now).exists():
        connection.refresh_from_db()
        return connection
    before = (connection.state, connection.trust_report, connection.verdict)
    is_verified = report.trusted and report.account_id in {None, connection.account_id}
    found, holder = verdict(report, connection), None
    if is_verified:
        hold_account(connection.account_id)
        holder = other_holder(connection.tenant, connection.account_id)
        if holder:
            notify_support(connection.tenant, holder, connection.account_id, actor)
            found = TAKEN
    connection.role_arn, connection.checked_at = role_arn, now
    connection.first_tried_at = connection.first_tried_at or now
    state = _state(connection, report, is_verified=is_verified and holder is None)
    if state != connection.state:
        connection.state, connection.state_since = state, now
    if connection.state == ConnectionState.VERIFIED and is_verified:
        connection.verified_at = now
    outcomes = {"right": str(report.right), "wrong": str(report.wrong), "missing": str(report.missing)}
    connection.trust_report, connection.verdict = {**outcomes, "detail": report.detail}, found
    connection.save(
        update_fields=[
            "role_arn",
            "checked_at",
            "first_tried_at",
            "state",
            "state_since",
            "verified_at",
            "trust_report",
            "verdict",
        ]
    )
    if not quietly or before != (connection.state, connection.trust_report, connection.verdict):
        details = {"report": connection.trust_report, "verdict": found.as_json()}
        record(f"connection:{connection.state}", connection.tenant, actor, connection.name, about=connection, **details)
    if before[0] != connection.state:
        publish_state(connection)
    if connection.state == ConnectionState.VERIFIED:
        administrator_links.finish(connection)
    return connection


@deadlocks.atomic
def keep_denial(connection: Connection, fault: AwsFault) -> None:
    """Degrade a connection whose role AWS denied in any call, with the time and AWS's text. Known denials stay."""
    rows = Connection.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=connection.pk, state__in=_GOOD_UNTIL_DENIED
    )
    found = rows.exclude(trust_report__right=Outcome.REFUSED, state=ConnectionState.DEGRADED).first()
    if found is None:
        return
    now = DatabaseClock().now()
    found.checked_at, found.verdict = now, Message("trust.denied_since")
    found.trust_report = {**found.trust_report, "right": str(Outcome.REFUSED), "detail": fault.aws_text or fault.code}
    if found.state != ConnectionState.DEGRADED:
        found.state, found.state_since = ConnectionState.DEGRADED, now
    found.save(update_fields=["checked_at", "verdict", "trust_report", "state", "state_since"])
    for field in ("checked_at", "verdict", "trust_report", "state", "state_since"):
        setattr(connection, field, getattr(found, field))
    details = {"report": found.trust_report, "verdict": found.verdict.as_json()}
    record("connection:degraded", connection.tenant, OURSELVES, connection.name, about=connection, **details)
    publish_state(connection)


def is_degraded_by_denial(connection: Connection) -> bool:
    """Return whether the connection is degraded because AWS denied the role, so that a session of it is news."""
    return connection.state == ConnectionState.DEGRADED and connection.trust_report.get("right") == Outcome.REFUSED


def _state(connection: Connection, report: TrustReport, *, is_verified: bool) -> str:
    if is_verified:
        return ConnectionState.VERIFIED
    if report.is_undecided and connection.verified_at:
        return connection.state
    return ConnectionState.DEGRADED if connection.verified_at else ConnectionState.REFUSED
