"""Writes the audit trail, and notifies the open pages of the tenant whose event it is."""

from contextlib import nullcontext
from functools import partial

from django.db import transaction
from django.db.models import Model

from portal import database_scope, live, request_context
from portal.tenancy.models import AuditEvent, Tenant, User


def record(
    action: str,
    *,
    tenant: Tenant | None,
    actor: User | str,
    target: str = "",
    details: dict[str, object] | None = None,
    about: Model | None = None,
    reason: str = "",
) -> AuditEvent:
    """Add one event in the caller's transaction; `action` reads source:subject:action. Never give it a secret.

    `about` is the row that was acted on, and `target` its name; `reason` is what a person stated. The time is
    PostgreSQL's, and the address and the request ID are those of the request. Record an event after the rows that it
    is about are written: see docs/decisions/0039-append-only-audit.md.
    """
    name = actor if isinstance(actor, str) else actor.email
    if tenant is not None:
        transaction.on_commit(partial(live.publish, f"tenant:{tenant.slug}", "changed"))
    origin = request_context.origin()
    event = AuditEvent(
        tenant=tenant,
        actor=name,
        action=action,
        target=target[:200],
        object_type=_type_of(about) if about else action.split(":")[1],
        object_id=str(getattr(about, "uid", about.pk)) if about else "",
        reason=reason[:300],
        address=origin.address,
        request_id=origin.request_id,
        details=details or {},
    )
    with nullcontext() if tenant else database_scope.every_tenant("an event of no tenant is added"):
        event.save(force_insert=True)
    return event


def _type_of(row: Model) -> str:
    return str(row._meta.model_name)
