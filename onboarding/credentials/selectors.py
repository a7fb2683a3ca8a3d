"""Credentials as pages, the admin and the command line read them. Nothing here writes."""

from collections.abc import Iterable

from django.db.models import Count, Prefetch, QuerySet

from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import CredentialState
from portal.tenancy.models import Tenant

MOST_DOWNLOADS = 20  # listed of a copy; the activity of the tenant has all of them
_MOST_EARLIER = 10
_ENDED = [CredentialState.INACTIVE, CredentialState.ROTATED, CredentialState.REVOKED, CredentialState.DISCARDED]


def ready_credential(integration: Integration) -> Credential | None:
    """Return the newest credential that can be downloaded, with its copies and receipts."""
    copies = Prefetch("copies", SealedCopy.objects.prefetch_related("downloads").order_by("audience", "pk"))
    rows = integration.credentials.filter(state__in=[CredentialState.READY, CredentialState.IN_USE])
    return rows.prefetch_related(copies).first()


def usable_credentials(integration: Integration) -> list[Credential]:
    """Return the credentials whose keys can be used, newest first, with their runs and copies.

    Each copy has its newest `downloads`, and their number as `download_count`.
    """
    newest = Prefetch("downloads", Download.objects.order_by("-at", "-pk")[:MOST_DOWNLOADS], to_attr="newest_downloads")
    copies = SealedCopy.objects.annotate(download_count=Count("downloads")).prefetch_related(newest)
    rows = integration.credentials.filter(state__in=[CredentialState.READY, CredentialState.IN_USE])
    ordered = Prefetch("copies", copies.order_by("audience", "pk"))
    return list(rows.select_related("run").prefetch_related(ordered, "addresses"))


def keys_of_age() -> QuerySet[Credential]:
    """Return the credentials whose keys can be used and whose age is known: not those that a person uploaded."""
    return Credential.objects.filter(state__in=[CredentialState.READY, CredentialState.IN_USE], uploaded_by="")


def earlier_credentials(integration: Integration) -> list[Credential]:
    """Return the newest credentials whose keys can be used no longer."""
    ended = integration.credentials.filter(state__in=_ENDED)
    return list(ended.exclude(access_key_id="", uploaded_by="")[:_MOST_EARLIER])


def sealed_copies(*, audience: str | None = None, tenant: Tenant | None = None) -> QuerySet[SealedCopy]:
    """Return the encrypted copies that can be downloaded, newest first."""
    rows = SealedCopy.objects.filter(credential__state__in=[CredentialState.READY, CredentialState.IN_USE])
    if audience:
        rows = rows.filter(audience=audience)
    if tenant:
        rows = rows.filter(credential__integration__tenant=tenant)
    return rows.select_related("credential__integration__tenant", "credential__integration__connection").order_by("-pk")


def opened_by(tenant: Tenant) -> dict[str, list[Integration]]:
    """Return by fingerprint the integrations whose access keys the owner of an OpenPGP key can open, by name."""
    found: dict[str, dict[int, Integration]] = {}
    copies = sealed_copies(audience=SealedCopy.Audience.CLIENT, tenant=tenant).defer("ciphertext")
    for copy in copies.order_by("credential__integration__name"):
        integration = copy.credential.integration
        found.setdefault(copy.fingerprint, {})[integration.pk] = integration
    return {fingerprint: list(integrations.values()) for fingerprint, integrations in found.items()}


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


def has_own_copy(credential: Credential) -> bool:
    """Return whether someone of the client can open the key."""
    return any(copy.audience == SealedCopy.Audience.CLIENT for copy in credential.copies.all())


def is_downloaded(credential: Credential) -> bool:
    """Return whether someone of the client has downloaded a copy that is encrypted for the client."""
    return any(copy.downloads.all() for copy in credential.copies.all() if copy.audience == "client")
