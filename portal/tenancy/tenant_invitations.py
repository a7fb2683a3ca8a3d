"""Invitations into a tenant: a link for one address, which gives its person a role when they accept it."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.urls import reverse

from portal import deadlocks
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.outbox.models import OutboxItem
from portal.tenancy import expiring_links, people, services
from portal.tenancy.models import ExpiringLink, LinkPurpose, Membership, Tenant, TenantRole, User

VALID_FOR = timedelta(days=7)
MOST_OPEN = 50


@deadlocks.atomic
def invite(*, tenant: Tenant, email: str, role: TenantRole, actor: User | str, by_mail: bool = False) -> ExpiringLink:
    """Create an invitation, in place of an open one for the same address. Raises ValidationError by field.

    With `by_mail` its mail is written into the outbox; otherwise the link is for the caller to show. Whether the
    address has an account is neither asked nor said: only its owner learns it, from the link.
    """
    address = _address(email)
    if not settings.SLUICE_PORTAL_URL:
        raise validation_error(Message("tenancy.portal_url_missing"))
    if Membership.objects.filter(tenant=tenant, user__email=address).exists():
        raise field_error("email", Message("people.already_member", email=address, tenant=tenant.name))
    services.lock_tenant(tenant.pk)
    for earlier in open_invitations(tenant).filter(for_email=address):
        expiring_links.revoke(link=earlier, actor=actor)
    if open_invitations(tenant).count() >= MOST_OPEN:
        raise validation_error(Message("people.too_many_invitations", count=MOST_OPEN))
    link = expiring_links.create(
        purpose=LinkPurpose.INVITATION,
        tenant=tenant,
        actor=actor,
        valid_for=VALID_FOR,
        for_email=address,
        details={"role": str(role)},
    )
    if by_mail:
        _write_mail(link)
    return link


def open_invitations(tenant: Tenant) -> QuerySet[ExpiringLink]:
    """Return the tenant's invitations that can still be accepted, newest first."""
    return expiring_links.open_links(tenant, LinkPurpose.INVITATION)


def address_of(link: ExpiringLink) -> str:
    """Return the address of an invitation's page; raises ValidationError without SLUICE_PORTAL_URL."""
    if not settings.SLUICE_PORTAL_URL:
        raise validation_error(Message("tenancy.portal_url_missing"))
    path = reverse("invitation", kwargs={"token": expiring_links.token_of(link)})
    return f"{settings.SLUICE_PORTAL_URL}{path}"


def link_of(item: OutboxItem) -> str:
    """Return the address of the invitation that a row of the outbox is about, for its mail."""
    if item.link is None:
        raise ValueError(f"{item.uid} has no link")
    return address_of(item.link)


def why_not_sent(item: OutboxItem) -> Message | None:
    """Return why the mail of an invitation is not sent any more: it has been used, revoked or replaced, or expired."""
    return expiring_links.end_of(item.link) if item.link else None


def _write_mail(link: ExpiringLink) -> None:
    message = Message(
        "notification.tenant_invitation",
        by=link.created_by,
        tenant=link.tenant.name,
        vendor=settings.SLUICE_VENDOR_NAME,
        role=str(role_of(link).label).lower(),
        days=VALID_FOR.days,
        email=link.for_email,
    )
    outbox.write_to_address(
        kinds.TENANT_INVITATION,
        message,
        event=f"link-{link.pk}",
        address=link.for_email,
        tenant=link.tenant,
        link=link,
    )


@deadlocks.atomic
def accept(*, link: ExpiringLink, user: User) -> Membership:
    """Give the invited person the role. Raises ValidationError for others, for staff, and after the end."""
    if user.email != link.for_email.lower():
        raise validation_error(Message("people.other_person", email=link.for_email))
    if not user.is_active:
        raise validation_error(Message("tenancy.person_deactivated", email=user.email))
    services.lock_tenant(link.tenant_id)
    if Tenant.objects.get(pk=link.tenant_id).is_suspended:
        raise validation_error(Message("tenant.suspended"))
    expiring_links.use(link=link, actor=user)
    # Support may have added the person meanwhile, with another role: that one stays.
    if member := Membership.objects.filter(tenant=link.tenant, user=user).first():
        return member
    return services.add_member(tenant=link.tenant, user=user, role=role_of(link), actor=link.created_by)


@deadlocks.atomic
def accept_as_new(*, link: ExpiringLink, full_name: str, password: str) -> Membership:
    """Create the invited person's account and give it the role. Raises ValidationError by field."""
    services.lock_tenant(link.tenant_id)
    user = people.create_person(email=link.for_email, full_name=full_name, actor=link.created_by)
    people.set_password(user=user, password=password, actor=user)
    return accept(link=link, user=user)


def role_of(link: ExpiringLink) -> TenantRole:
    """Return the role that an invitation gives."""
    return TenantRole(link.details["role"])


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise field_error("email", Message("people.email_not_valid")) from None
    return address


def has_account(link: ExpiringLink) -> bool:
    """Return whether the invited address has an account that can sign in."""
    return User.objects.filter(email=link.for_email, is_active=True).exists()


def gives_admin(link: ExpiringLink) -> bool:
    """Return whether the invitation gives the admin role."""
    return role_of(link) == TenantRole.ADMIN
