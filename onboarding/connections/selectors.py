"""Connections as other rooms, pages and the command line read them. Nothing here writes."""

from typing import Any

from django.db.models import Q, QuerySet

from onboarding.account_state.connection_status import connection_status
from onboarding.connections.grant import grant_versions, to_bring_up_to_date
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS
from portal.messages.catalogue import described
from portal.messages.message import Message
from portal.tenancy.models import Tenant


def connection_of(tenant: Tenant, spec: IntegrationSpec) -> Connection:
    """Return the tenant's connection that the spec names by uid or name; raises SpecRefused when there is none."""
    found = tenant.connections.filter(Q(uid=spec.connection) | Q(name=spec.connection)).first()
    if found is None:
        raise SpecRefused([Problem("connection", Message("connection.unknown", connection=spec.connection))])
    return found


def chosen_connection(integration: Integration) -> Connection | None:
    """Return the connection chosen on the wizard's first page, from the tenant's prefetched ones where there are."""
    uid = (integration.draft.get("connect") or {}).get("connection")
    if not uid:
        return None
    tenant = integration.tenant
    if "connections" in getattr(tenant, "_prefetched_objects_cache", {}):
        return next((connection for connection in tenant.connections.all() if connection.uid == uid), None)
    return tenant.connections.filter(uid=uid).first()


def connections_of(tenant: Tenant) -> QuerySet[Connection]:
    """Return a tenant's connections."""
    return tenant.connections.order_by("name")


def as_json(connection: Connection) -> dict[str, Any]:
    """Return a connection with its permission report, as the JSON of its page and of the command line."""
    return {
        "uid": connection.uid,
        "name": connection.name,
        "account_id": connection.account_id,
        "role_arn": connection.role_arn,
        "state": str((status := connection_status(connection)).state),
        "state_since": status.since,
        "checked_at": status.seen_at,
        "is_expired": status.is_expired,
        "verified_at": connection.verified_at,
        "optional_permissions": {
            permission.key: permission.key in connection.optional_permissions.chosen
            for permission in OPTIONAL_PERMISSIONS
        },
        "other_resources": connection.other_resources,
        "is_up_to_date": None if (behind := to_bring_up_to_date(connection)) is None else not behind,
        "grant_version": dict(zip(("deployed", "current"), grant_versions(connection), strict=True)),
        "trust": {**connection.trust_report, "verdict": described(connection.verdict)},
        "permission_report": connection.permission_report,
    }


def is_in_use(connection: Connection) -> bool:
    """Tell whether an integration that is more than a draft uses the connection."""
    return connection.integrations.exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]).exists()
