"""What every service does first and last: may this tenant act, and the audit event of what was done."""

from typing import Any

from django.db.models import Model

from onboarding.models.connection import Connection
from onboarding.row_locks import lock_tenant
from portal.aws import names
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.tenancy import audit
from portal.tenancy.models import Tenant, User

Actor = User | str
OURSELVES = "connections"  # the actor of what happens on schedule


def may_act(tenant: Tenant) -> None:
    """Raise ValidationError when the tenant is suspended."""
    if tenant.is_suspended:
        raise validation_error(Message("tenant.suspended"))


def one_name_at_a_time(tenant: Tenant) -> None:
    """Hold, until the transaction ends, whoever else is about to name an integration of the tenant."""
    lock_tenant(tenant.pk)


def must_have_grant(connection: Connection) -> None:
    """Raise ValidationError for a connection without a role: there is nothing to try, ask or choose."""
    if not connection.has_grant:
        raise validation_error(Message("connection.no_grant", connection=connection.name))


def record(
    action: str,
    tenant: Tenant,
    actor: Actor,
    target: str,
    *,
    about: Model | None = None,
    stated_reason: object = "",
    **details: Any,
) -> None:
    """Leave an audit event of onboarding; `about` is the row that was acted on, and `target` its name.

    `stated_reason` is what a person typed; a detail `reason` is Sluice's own.
    """
    name = f"onboarding:{action}"
    stated = str(stated_reason)
    audit.record(name, tenant=tenant, actor=actor, target=target, about=about, reason=stated, details=details)


def follow_rule(field: str, rule: Any, *args: Any) -> None:
    """Apply a rule of portal.aws.names; raises ValidationError at the field."""
    try:
        rule(*args)
    except names.InvalidName as invalid:
        raise field_error(field, invalid.message) from invalid
