"""Copies of OpenPGP keys: what an uploaded copy of a key changes about the key that is stored."""

from django.utils import timezone

from onboarding.credentials.selectors import affected_copies
from onboarding.models.pgp_key import PgpKey
from onboarding.service_guards import Actor, record
from portal.messages.message import Message
from portal.openpgp.certificates import Certificate, inspect
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.models import Tenant

Verdict = Certificate | CertificateRefused

# What a copy proves to everyone who has it: the owner revoked the key, or let it expire.
_ENDS_USE = frozenset(
    f"openpgp.{name}" for name in ("revoked", "subkey_revoked", "expired", "subkey_expired", "both_expired")
)


def verdict_on(blob: bytes, *, known: PgpKey | None = None) -> Verdict:
    """Return the certificate in an upload or why it is refused, merged with the copies of it that are known."""
    try:
        return inspect(blob, known=known.known_certificate if known else "")
    except CertificateRefused as refused:
        return refused


def known_key(tenant: Tenant, fingerprint: str) -> PgpKey | None:
    """Return the tenant's key with this fingerprint, a removed one too, or None."""
    return PgpKey.with_removed.filter(tenant=tenant, fingerprint=fingerprint).first() if fingerprint else None


def accept(tenant: Tenant, key: PgpKey | None, certificate: Certificate, actor: Actor) -> PgpKey:
    """Store an accepted certificate. A key that is known stays confirmed, and is enabled again if it was disabled."""
    is_new = key is None or key.removed_at is not None
    stored = key or PgpKey(tenant=tenant, fingerprint=certificate.fingerprint)
    stored.user_ids, stored.algorithm = list(certificate.user_ids), certificate.algorithm
    stored.encryption_key_id, stored.expires_at = certificate.encryption_key_id, certificate.expires_at
    stored.certificate, stored.full_certificate = certificate.armored, certificate.full
    stored.revoked_key_ids = list(certificate.revoked_key_ids)
    stored.warnings = [warning.as_json() for warning in certificate.warnings]
    stored.disabled_at, stored.disabled_reason, stored.removed_at = None, {}, None
    stored.save()
    record("pgpkey:added" if is_new else "pgpkey:renewed", tenant, actor, stored.fingerprint, about=stored)
    return stored


def refuse(key: PgpKey | None, refused: CertificateRefused, actor: Actor) -> CertificateRefused:
    """Disable the stored key if the copy shows that it must not be used any more; return the refusal to report."""
    if key is None or refused.message.code not in _ENDS_USE or not refused.full:
        return refused
    # What is stored is unusable from here on for every program that reads the row.
    key.certificate = key.full_certificate = refused.full
    if key.removed_at is not None:
        key.save(update_fields=["certificate", "full_certificate"])
        return refused
    if not key.is_disabled:
        key.disabled_at = timezone.now()
        ids = [copy.credential.access_key_id for copy in affected_copies([key]).get(key.fingerprint, [])]
        details = {"reason": refused.message.code, "access_key_ids": ids}
        record("pgpkey:disabled", key.tenant, actor, key.fingerprint, about=key, **details)
    key.disabled_reason = refused.message.as_json()
    key.save(update_fields=["certificate", "full_certificate", "disabled_at", "disabled_reason"])
    message = Message("pgpkey.disabled", reason=refused.message, title=key.title)
    return CertificateRefused(message, fingerprint=refused.fingerprint, full=refused.full)
