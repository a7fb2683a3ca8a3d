"""Changes to tenants and their people."""

from django.urls import reverse

from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy import audit, expiring_links, selectors
from portal.tenancy.models import AuditEvent, Membership, Tenant, TenantRole, User


@deadlocks.atomic
def create_tenant(*, slug: str, name: str, actor: User | str) -> Tenant:
    """Create a tenant; raises ValidationError for a slug or name that is not valid."""
    tenant = Tenant(slug=slug, name=name)
    tenant.full_clean()
    tenant.save()
    audit.record("tenancy:tenant:created", tenant=tenant, actor=actor, target=slug, about=tenant)
    return tenant


@deadlocks.atomic
def rename_tenant(*, tenant: Tenant, name: str, actor: User | str) -> None:
    """Change the name of a tenant; raises ValidationError for one that is not valid."""
    before, tenant.name = Tenant.objects.values_list("name", flat=True).get(pk=tenant.pk), name
    tenant.full_clean()
    tenant.save(update_fields=["name"])
    details: dict[str, object] = {"from": before, "to": name}
    audit.record(
        "tenancy:tenant:renamed", tenant=tenant, actor=actor, target=tenant.slug, about=tenant, details=details
    )


@deadlocks.atomic
def add_member(*, tenant: Tenant, user: User, role: TenantRole, actor: User | str) -> Membership:
    """Give a person a role in the tenant, replacing the one they had; the tenant's admins see it on their overview.

    Raises ValidationError if the person may not become a member (`check_member`).
    """
    check_member(user=user, actor=actor)
    if role != TenantRole.ADMIN:
        _give_up_admin(tenant, user, actor)
    before = Membership.objects.filter(tenant=tenant, user=user).values_list("role", flat=True).first()
    membership, _ = Membership.objects.update_or_create(tenant=tenant, user=user, defaults={"role": role})
    event = _record("granted", tenant, user, actor, role=str(role))
    if before != role:
        named = {"person": user.email, "tenant": tenant.name, "actor": event.actor}
        _notify(event, tenant, user, Message("notification.membership_granted", role=str(role.label).lower(), **named))
    return membership


@deadlocks.atomic
def remove_member(*, tenant: Tenant, user: User, actor: User | str, reason: str = "") -> None:
    """End a person's access to the tenant; nothing happens if there is none. People may leave by themselves.

    Raises ValidationError if one of the tenant's people would leave it without an admin.
    """
    _give_up_admin(tenant, user, actor)
    for link in expiring_links.open_links(tenant).filter(for_email=user.email):
        expiring_links.revoke(link=link, actor=actor)
    deleted, _ = Membership.objects.filter(tenant=tenant, user=user).delete()
    if deleted:
        event = _record("ended", tenant, user, actor, reason=reason)
        named = {"person": user.email, "tenant": tenant.name, "actor": event.actor}
        _notify(event, tenant, user, Message("notification.membership_ended", **named))


def lock_tenant(tenant_id: int) -> None:
    """Lock the tenant's row until the transaction ends, for what may be done in a tenant only once at a time.

    It comes first in the order of locks: onboarding/row_locks.py.
    """
    Tenant.objects.select_for_update(of=("self",), no_key=True).get(pk=tenant_id)


def lock_person(user_id: int) -> None:
    """Lock the person's row until the transaction ends, where they may have only so many of something."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)


def _give_up_admin(tenant: Tenant, user: User, actor: User | str) -> None:
    """Check that another admin remains, and end the links that the person has created as one.

    Support and the command line may remove the last admin: of a client who left, for example.
    """
    lock_tenant(tenant.pk)
    admins = tenant.memberships.filter(role=TenantRole.ADMIN, user__is_active=True)
    if not admins.filter(user=user).exists():
        return
    is_client = isinstance(actor, User) and not actor.is_staff
    if is_client and not admins.exclude(user=user).exists():
        raise validation_error(Message("people.last_admin", tenant=tenant.name))
    for link in expiring_links.open_links(tenant).filter(created_by=user.email):
        expiring_links.revoke(link=link, actor=actor)


def check_member(*, user: User, actor: User | str) -> None:
    """Raise ValidationError if the person is staff, or the one who acts: no one gives themselves access."""
    if user == actor:
        raise validation_error(Message("tenancy.own_membership"))
    if user.is_staff:
        raise validation_error(Message("tenancy.staff_membership", email=user.email))


def _record(
    verb: str, tenant: Tenant, user: User, actor: User | str, *, reason: str = "", **details: object
) -> AuditEvent:
    by_staff = isinstance(actor, User) and actor.is_staff
    return audit.record(
        f"tenancy:membership:{verb}",
        tenant=tenant,
        actor=actor,
        target=user.email,
        about=user,
        reason=reason,
        details={**details, "by_staff": by_staff},
    )


def _notify(event: AuditEvent, tenant: Tenant, user: User, message: Message) -> None:
    # The invitation of a person who has never signed in says it.
    concerned = [user] if user.last_login else []
    outbox.write(
        kinds.MEMBERSHIP_CHANGED,
        message,
        event=f"audit-{event.pk}",
        to=[*concerned, *selectors.admins_of(tenant).exclude(pk=user.pk)],
        tenant=tenant,
        path=reverse("tenant_home", kwargs={"slug": tenant.slug}),
    )


@deadlocks.atomic
def set_suspended(*, tenant: Tenant, suspended: bool, actor: User | str) -> None:
    """Suspend or resume a tenant; its data is kept either way."""
    Tenant.objects.filter(pk=tenant.pk).update(is_suspended=suspended)
    verb = "suspended" if suspended else "resumed"
    audit.record(f"tenancy:tenant:{verb}", tenant=tenant, actor=actor, target=tenant.slug, about=tenant)


@deadlocks.atomic
def require_second_factor(*, tenant: Tenant, is_required: bool, actor: User | str) -> None:
    """Require a second factor of everyone who views the tenant's pages, or no longer."""
    Tenant.objects.filter(pk=tenant.pk).update(requires_second_factor=is_required)
    verb = "required" if is_required else "optional"
    audit.record(f"tenancy:second-factor:{verb}", tenant=tenant, actor=actor, target=tenant.slug, about=tenant)
