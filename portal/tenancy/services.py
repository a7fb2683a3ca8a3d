"""Changes to tenants and their people."""

from django.db import transaction

from portal.tenancy import audit
from portal.tenancy.models import Membership, Tenant, TenantRole, User


@transaction.atomic
def create_tenant(*, slug: str, name: str, actor: User | str) -> Tenant:
    """Create a tenant; raises ValidationError for a slug or name that is not valid."""
    tenant = Tenant(slug=slug, name=name)
    tenant.full_clean()
    tenant.save()
    audit.record("tenancy:tenant:created", tenant=tenant, actor=actor, target=slug)
    return tenant


@transaction.atomic
def add_member(*, tenant: Tenant, user: User, role: TenantRole, actor: User | str) -> Membership:
    """Give a person a role in the tenant, replacing the one they had."""
    membership, _ = Membership.objects.update_or_create(tenant=tenant, user=user, defaults={"role": role})
    audit.record(
        "tenancy:membership:granted", tenant=tenant, actor=actor, target=user.email, details={"role": str(role)}
    )
    return membership


@transaction.atomic
def set_suspended(*, tenant: Tenant, suspended: bool, actor: User | str) -> None:
    """Suspend or resume a tenant; its data is kept either way."""
    Tenant.objects.filter(pk=tenant.pk).update(is_suspended=suspended)
    verb = "suspended" if suspended else "resumed"
    audit.record(f"tenancy:tenant:{verb}", tenant=tenant, actor=actor, target=tenant.slug)
