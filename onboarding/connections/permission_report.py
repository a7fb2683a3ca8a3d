"""The permission report of a connection: what the role may do, checked against what it should."""

from datetime import datetime, timedelta
from typing import Any

from onboarding.connections.grant import grant_of, keep_deployed
from onboarding.connections.sessions import Progress, checking_session, ignore_progress, trust_report
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.provisioning.plan_factory import plan_for
from onboarding.provisioning.steps import firehose_role
from onboarding.service_guards import may_act, must_have_grant
from onboarding.spec.integration_spec import from_row
from portal.aws.errors import AwsFault
from portal.aws.permissions.boundary_lines import boundary_lines
from portal.aws.permissions.example_resources import Examples
from portal.aws.permissions.report import permission_report
from portal.aws.permissions.report_lines import Line
from portal.aws.sts import TrustReport
from portal.database_clock import DatabaseClock
from portal.messages.catalogue import text_of
from portal.messages.errors import validation_error
from portal.messages.message import Message


def check_permissions(
    *,
    connection: Connection,
    now: datetime | None = None,
    progress: Progress = ignore_progress,
    trust: TrustReport | None = None,
) -> dict[str, Any]:
    """Check the role's permissions, store the report, and return it as plain JSON; every line says how it is known.

    With `trust`, a report that is known, the role's trust is not tested again. Raises ValidationError where Sluice
    cannot assume the role.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    now, examples = now or DatabaseClock().now(), _examples(connection)
    trust = trust or trust_report(connection, connection.role_arn or connection.usual_role_arn, progress)
    try:
        aws = checking_session(connection, examples.region)
    except AwsFault as fault:
        raise validation_error(fault.message) from fault
    progress(Message("check.reading_policies"))
    keep_deployed(connection, aws, now)
    progress(Message("check.checking_permissions"))
    more = boundary_lines(grant_of(connection), connection.deployed.get("policies"), _roles(connection))
    is_new = connection.first_tried_at is not None and now < connection.first_tried_at + timedelta(minutes=2)
    report = permission_report(aws, grant_of(connection), trust, examples, is_new=is_new, more=more)
    lines = [_written(line) for line in report.lines]
    stored: dict[str, Any] = {"checked_at": now.isoformat(), **report.as_dict(), "lines": lines}
    _keep(connection, stored)
    return stored


def _keep(connection: Connection, report: dict[str, Any]) -> None:
    """Store a report, unless one of a later check was stored already."""
    later = Connection.objects.filter(pk=connection.pk, permission_report__checked_at__gt=report["checked_at"]).first()
    connection.permission_report = later.permission_report if later else report
    if later is None:
        connection.save(update_fields=["permission_report"])


def _written(line: Line) -> dict[str, Any]:
    fields = line.as_dict()
    return {name: text_of(value) if isinstance(value, Message) else value for name, value in fields.items()}


def _examples(connection: Connection) -> Examples:
    live = connection.integrations.filter(state__in=[IntegrationState.LIVE, IntegrationState.ATTENTION])
    integration: Integration | None = live.first()
    spec: dict[str, Any] = (integration.spec if integration else None) or {}
    stream: dict[str, Any] = spec.get("stream", {})
    delivery: dict[str, Any] = next(iter(spec.get("deliveries", ())), {})
    return Examples(
        region=stream.get("region") or "us-east-1",
        stream=_prefixed(stream.get("name"), connection),
        bucket=_prefixed(delivery.get("bucket"), connection),
        delivery=_prefixed(delivery.get("name"), connection),
    )


def _roles(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
    """Return each delivery in use by name, with the policy of its role."""
    live = connection.integrations.filter(state__in=[IntegrationState.LIVE, IntegrationState.ATTENTION])
    return [
        (delivery.name, firehose_role.document(plan, delivery))
        for integration in live.select_related("tenant", "connection")
        for plan in [plan_for(integration, from_row(integration.spec))]
        for delivery in plan.spec.deliveries
    ]


def _prefixed(name: Any, connection: Connection) -> str:
    # What the client named otherwise is adopted, not granted by prefix.
    return str(name) if name and str(name).startswith(connection.name_prefix) else ""
