"""Credentials as pages, the admin and the command line read them. Nothing here writes."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import CredentialState
from portal.tenancy.models import Tenant


def ready_credential(integration: Integration) -> Credential | None:
    """Return the newest credential that can be downloaded, with its copies and receipts."""
    copies = Prefetch("copies", SealedCopy.objects.prefetch_related("downloads").order_by("audience", "pk"))
    rows = integration.credentials.filter(state__in=[CredentialState.READY, CredentialState.IN_USE])
    return rows.prefetch_related(copies).first()


def sealed_copies(*, audience: str | None = None, tenant: Tenant | None = None) -> QuerySet[SealedCopy]:
    """Return the encrypted copies that can be downloaded, newest first."""
    rows = SealedCopy.objects.filter(credential__state__in=[CredentialState.READY, CredentialState.IN_USE])
    if audience:
        rows = rows.filter(audience=audience)
    if tenant:
        rows = rows.filter(credential__integration__tenant=tenant)
    return rows.select_related("credential__integration__tenant", "credential__integration__connection").order_by("-pk")


def affected_copies(keys: Iterable[PgpKey]) -> dict[str, list[SealedCopy]]:
    """Return by fingerprint the copies that were encrypted to keys which were disabled, or to revoked subkeys."""
    found: dict[str, list[SealedCopy]] = {}
    by_fingerprint = {key.fingerprint: key for key in keys if key.is_disabled or key.revoked_key_ids}
    if not by_fingerprint:
        return found
    tenants = {key.tenant_id for key in by_fingerprint.values()}
    rows = sealed_copies().filter(fingerprint__in=by_fingerprint, credential__integration__tenant__in=tenants)
    for copy in rows:
        key = by_fingerprint[copy.fingerprint]
        if key.is_disabled or copy.key_id in key.revoked_key_ids:
            found.setdefault(key.fingerprint, []).append(copy)
    return found


def is_downloaded(credential: Credential) -> bool:
    """Return whether someone of the client has downloaded a copy that is encrypted for the client."""
    return any(copy.downloads.all() for copy in credential.copies.all() if copy.audience == "client")
