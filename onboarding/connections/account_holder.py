"""Whose an AWS account is: the tenant's that has verified it, and of no other tenant."""

from django.db import connection as database

from onboarding.models.connection import Connection
from onboarding.service_guards import Actor
from portal import database_scope
from portal.messages.message import Message
from portal.tenancy import audit
from portal.tenancy.models import Tenant

TAKEN = Message("trust.account_taken")


def other_holder(tenant: Tenant, account_id: str) -> Tenant | None:
    """Return another tenant that has verified this account, which is then its own."""
    with database_scope.every_tenant("an account belongs to one tenant, and the others' pages never name it"):
        rows = Connection.objects.filter(account_id=account_id, verified_at__isnull=False).exclude(tenant=tenant)
        found = rows.select_related("tenant").first()
    return found.tenant if found else None


def hold_account(account_id: str) -> None:
    """Hold the account until the transaction ends: of two tenants that verify it at once, the second sees the first."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('aws-account'), hashtext(%s))", [account_id])


def notify_support(tenant: Tenant, holder: Tenant, account_id: str, actor: Actor) -> None:
    """Leave an audit event without a tenant, so that only staff see it: neither tenant may learn of the other."""
    details: dict[str, object] = {"asked_by": tenant.slug, "held_by": holder.slug}
    action = "onboarding:connection:account-conflict"
    audit.record(action, tenant=None, actor=actor, target=account_id, details=details)
