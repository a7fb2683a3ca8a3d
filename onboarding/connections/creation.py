"""Create a connection: one AWS account belongs to one tenant."""

from typing import Any

from onboarding.connections.account_holder import TAKEN, notify_support, other_holder
from onboarding.connections.permission_choice import check_choice, fields_of
from onboarding.models.connection import Connection
from onboarding.models.identifiers import new_uid
from onboarding.models.states import ConnectionState
from onboarding.row_locks import lock_tenant
from onboarding.service_guards import Actor, follow_rule, may_act, record
from portal import deadlocks
from portal.aws import names
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions, chosen_permissions
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.tenancy.models import Tenant

MOST_CONNECTIONS = 100  # of a tenant: the wizard lists them all


def start_connection(
    *,
    tenant: Tenant,
    name: str,
    account_id: str,
    actor: Actor,
    optional: ChosenPermissions = DEFAULT_PERMISSIONS,
    has_grant: bool = True,
) -> Connection:
    """Create a connection with an external ID of its own; raises ValidationError by field.

    Without `has_grant` no role is ever asked for: the tenant applies its plans there without Sluice.
    """
    may_act(tenant)
    optional = optional if has_grant else chosen_permissions([], [])
    account_id = account_id.replace("-", "").replace(" ", "")
    follow_rule("account_id", names.check_account_id, account_id)
    check_choice(optional, account_id)
    if holder := other_holder(tenant, account_id):
        notify_support(tenant, holder, account_id, actor)
        raise field_error("account_id", TAKEN)
    without_role = {} if has_grant else {"state": ConnectionState.NO_ACCESS, "name_prefix": ""}
    return _created(tenant, actor, name=name.strip(), account_id=account_id, **fields_of(optional), **without_role)


@deadlocks.atomic
def _created(tenant: Tenant, actor: Actor, **fields: Any) -> Connection:
    lock_tenant(tenant.pk)  # two requests at once would each count what there was before the other
    if tenant.connections.count() >= MOST_CONNECTIONS:
        raise validation_error(Message("connection.too_many", limit=MOST_CONNECTIONS))
    connection = Connection(tenant=tenant, created_by=str(actor), **fields)
    if connection.has_grant and tenant.connections.filter(account_id=connection.account_id).exists():
        connection.name_suffix = f"-{new_uid()[:6]}"
    connection.full_clean(exclude=["role_arn", "trust_report", "permission_report", "deployed"])
    connection.save()
    details = {"account_id": connection.account_id, "has_grant": connection.has_grant}
    record("connection:started", tenant, actor, connection.name, about=connection, **details)
    return connection
