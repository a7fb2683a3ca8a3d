"""Identity providers of tenants, and whose identity is whose: by issuer and subject, never by a mail address."""

import secrets
from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import timezone

from portal import database_scope, deadlocks
from portal.accounts.models import Identity, IdentityProvider
from portal.accounts.oidc import client
from portal.accounts.oidc.client import Claims, Provider, SignOnFailed
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.secret_store import store
from portal.tenancy import audit
from portal.tenancy.models import Membership, Tenant, User


@deadlocks.atomic
def set_provider(
    *, tenant: Tenant, issuer: str, client_id: str, client_secret: str, actor: User | str
) -> IdentityProvider:
    """Store the tenant's identity provider, in place of an earlier one. Raises ValidationError."""
    if not store.is_on():
        raise validation_error(Message("secret_store.off"))
    if not client.is_allowed(issuer, is_development=settings.SLUICE_DEVELOPMENT):
        raise field_error("issuer", Message("accounts.issuer_not_valid"))
    found = IdentityProvider.objects.filter(tenant=tenant).first()
    found = found or IdentityProvider(tenant=tenant, uid=secrets.token_urlsafe(16))
    found.issuer, found.client_id, found.client_secret = issuer, client_id, client_secret
    found.full_clean(exclude=["client_secret"])
    found.save()
    audit.record("accounts:identity-provider:set", tenant=tenant, actor=actor, target=issuer[:200], about=found)
    return found


@deadlocks.atomic
def remove_provider(*, tenant: Tenant, actor: User | str) -> bool:
    """Remove the tenant's identity provider; identities of its issuer sign no one in any more."""
    removed, _ = IdentityProvider.objects.filter(tenant=tenant).delete()
    if removed:
        audit.record("accounts:identity-provider:removed", tenant=tenant, actor=actor, target=tenant.slug, about=tenant)
    return bool(removed)


def scope_of(uid: str) -> AbstractContextManager[None]:
    """Return the scope of a provider's tenant: who signs in there is not known before it has answered."""
    return database_scope.of_row(IdentityProvider.objects.filter(uid=uid))


def provider_of(row: IdentityProvider) -> Provider:
    """Return the provider with its secret. Raises SecretStoreOff or SecretUnreadable."""
    secret = row.client_secret.reveal()
    return Provider(row.issuer, row.client_id, secret, is_development=settings.SLUICE_DEVELOPMENT)


def person_of(row: IdentityProvider, claims: Claims) -> User:
    """Return the active member of the provider's tenant whose identity this is. Raises SignOnFailed."""
    found = Identity.objects.filter(issuer=claims.issuer, subject=claims.subject).select_related("user").first()
    if found is None:
        raise SignOnFailed(Message("accounts.sign_on_not_linked", issuer=claims.issuer))
    if not found.user.is_active or not _is_member(found.user, row.tenant):
        raise SignOnFailed(Message("accounts.sign_on_no_access", issuer=claims.issuer))
    Identity.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
    return found.user


@deadlocks.atomic
def link(row: IdentityProvider, user: User, claims: Claims) -> None:
    """Make the identity one of the person, who is signed in or opened their invitation. Raises SignOnFailed."""
    if not user.is_active or not _is_member(user, row.tenant):
        raise SignOnFailed(Message("accounts.sign_on_no_access", issuer=claims.issuer))
    found, is_new = Identity.objects.get_or_create(
        issuer=claims.issuer, subject=claims.subject, defaults={"user": user}
    )
    if found.user_id != user.pk:
        raise SignOnFailed(Message("accounts.sign_on_of_another", issuer=claims.issuer))
    if is_new:
        audit.record(
            "accounts:identity:linked",
            tenant=row.tenant,
            actor=user,
            target=user.email,
            about=user,
            details={"issuer": claims.issuer},
        )


@deadlocks.atomic
def unlink(user: User, pk: int) -> None:
    """Remove an identity of the person."""
    deleted, _ = Identity.objects.filter(user=user, pk=pk).delete()
    if deleted:
        audit.record("accounts:identity:unlinked", tenant=None, actor=user, target=user.email, about=user)


def _is_member(user: User, tenant: Tenant) -> bool:
    return Membership.objects.filter(user=user, tenant=tenant).exists()
