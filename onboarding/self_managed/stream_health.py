"""Watching the stream of a self-managed integration through a verified connection to the same account."""

from django.utils import timezone

from onboarding import check_queue
from onboarding.connections import sessions
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.requested_check import OPEN_NOW
from onboarding.models.resource_check import ResourceCheck
from onboarding.models.states import ConnectionState
from onboarding.self_managed.rows import locked
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec.endpoint import wants_fips
from portal import deadlocks
from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope
from portal.messages.errors import validation_error
from portal.messages.message import Message


def watchers(integration: Integration) -> list[Connection]:
    """Return the tenant's verified connections to the same account, through which the stream could be watched."""
    if integration.connection is None:
        return []
    same = integration.tenant.connections.filter(account_id=integration.connection.account_id)
    return list(same.filter(state=ConnectionState.VERIFIED))


def request_monitoring(*, integration: Integration, connection: Connection, actor: Actor) -> ResourceCheck:
    """Request that the stream is monitored through a connection, once a worker has seen that it exists.

    Raises ValidationError for a connection that cannot read the stream's account.
    """
    _may_watch(integration, connection)
    place = {"stream": integration.stream_name, "connection": connection.name}
    return check_queue.request(
        ResourceCheck,
        of={"integration": integration, "kind": ResourceCheck.Kind.MONITORING, "part": ""},
        inputs={"input": {"connection": connection.uid, "stream": integration.stream_name}},
        actor=str(actor),
        progress=Message("check.monitoring_waiting", **place),
    )


def last_check(integration: Integration) -> ResourceCheck | None:
    """Return the last check that was requested before the stream could be monitored."""
    rows = ResourceCheck.objects.filter(integration=integration, kind=ResourceCheck.Kind.MONITORING)
    return rows.annotate(open_now=OPEN_NOW).first()


def perform(check: ResourceCheck) -> None:
    """Do a requested check, as a worker: monitor the stream, or keep why that is not possible."""
    integration = check.integration
    with check_queue.finishing(check, integration.tenant):
        connection = integration.tenant.connections.filter(uid=check.input["connection"]).first()
        if connection is None:
            raise validation_error(Message("self_managed.other_account"))
        reading = Message("check.monitoring_reading", stream=check.input["stream"], connection=connection.name)
        check_queue.keep(check, progress=reading)
        watch(integration=integration, connection=connection, actor=check.requested_by)


def watch(*, integration: Integration, connection: Connection, actor: Actor) -> None:
    """Watch the stream through a connection that reads its account.

    AWS is asked whether the stream exists. Raises ValidationError where it does not, or cannot be read.
    """
    _may_watch(integration, connection)
    _must_exist(integration, connection)
    _record_watched(integration, connection, actor)
    integration.refresh_from_db()


@deadlocks.atomic
def _record_watched(integration: Integration, connection: Connection, actor: Actor) -> None:
    found = locked(integration)
    if not found.is_self_managed:
        raise validation_error(Message("self_managed.ended"))
    found.connection, found.watched_at = connection, timezone.now()
    found.save(update_fields=["connection", "watched_at", "changed_at"])
    details = {"integration": found.uid, "connection": connection.name}
    record("self-managed:watched", found.tenant, actor, found.name, about=found, **details)


def _may_watch(integration: Integration, connection: Connection) -> None:
    may_act(integration.tenant)
    if not integration.is_self_managed or connection not in watchers(integration):
        raise validation_error(Message("self_managed.other_account"))


def _must_exist(integration: Integration, connection: Connection) -> None:
    name = integration.stream_name
    try:
        purpose = f"look-{integration.uid}"
        fips = wants_fips(integration.spec)
        aws = sessions.session_for(connection, integration.region, purpose, SessionScope.SETTINGS, fips=fips)
        stream = kinesis.describe_stream(aws, name)
    except AwsFault as fault:
        raise validation_error(fault.message) from fault
    if stream is None:
        raise validation_error(Message("self_managed.stream_missing", stream=name, region=integration.region))
