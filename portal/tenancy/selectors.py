"""What is read of tenants and their people."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.tenancy.models import AuditEvent, Membership, Tenant, TenantRole, User

SHOWN_FOR = timedelta(days=7)


def access_changes_by_staff(tenant: Tenant) -> QuerySet[AuditEvent]:
    """Return the memberships that staff gave or ended in the last seven days, newest first."""
    return AuditEvent.objects.filter(
        tenant=tenant,
        action__startswith="tenancy:membership:",
        details__by_staff=True,
        at__gt=timezone.now() - SHOWN_FOR,
    )


def people_of(tenant: Tenant, *roles: TenantRole) -> QuerySet[User]:
    """Return the tenant's active people, all or those with one of the roles, by address."""
    members = {"memberships__tenant": tenant} | ({"memberships__role__in": roles} if roles else {})
    return User.objects.filter(is_active=True, is_staff=False, **members).order_by("email")


def admins_of(tenant: Tenant) -> QuerySet[User]:
    """Return the people who may change things in the tenant, by address."""
    return people_of(tenant, TenantRole.ADMIN)


def members_of(tenant: Tenant) -> QuerySet[Membership]:
    """Return who has access to the tenant, admins first, each with the person and `has_second_factor`."""
    factors = Authenticator.objects.filter(user=OuterRef("user_id")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    rows = Membership.objects.filter(tenant=tenant).select_related("user").annotate(has_second_factor=Exists(factors))
    return rows.order_by("role", "user__email")
