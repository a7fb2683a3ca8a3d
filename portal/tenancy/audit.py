"""Writes the audit trail, and notifies the open pages of the tenant whose event it is."""

from functools import partial

from django.db import transaction

from portal import live
from portal.tenancy.models import AuditEvent, Tenant, User


def record(
    action: str, *, tenant: Tenant | None, actor: User | str, target: str = "", details: dict[str, object] | None = None
) -> AuditEvent:
    """Add one event in the caller's transaction; `action` reads source:subject:action. Never give it a secret."""
    name = actor if isinstance(actor, str) else actor.email
    if tenant is not None:
        transaction.on_commit(partial(live.publish, f"tenant:{tenant.slug}", "changed"))
    return AuditEvent.objects.create(
        tenant=tenant, actor=name, action=action, target=target[:200], details=details or {}
    )
