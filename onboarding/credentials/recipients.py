"""Recipients of an access key: add an OpenPGP key, confirm its owner, and the recipients of a spec."""

from django.db import transaction
from django.utils import timezone

from onboarding.credentials.vendor_key import vendor_certificate
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.plan import Recipient
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec.integration_spec import IntegrationSpec
from portal.messages.message import Message
from portal.openpgp.certificates import inspect
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.models import Tenant

MOST_KEYS = 200  # of a tenant: its pages list them all


@transaction.atomic
def add_pgp_key(*, tenant: Tenant, blob: bytes, actor: Actor) -> PgpKey:
    """Store a recipient's public certificate, not confirmed yet.

    Raises CertificateRefused with the reason; nothing of a refused certificate is stored.
    """
    may_act(tenant)
    certificate = inspect(blob)
    others = tenant.pgp_keys.exclude(fingerprint=certificate.fingerprint)
    if others.count() >= MOST_KEYS:
        raise CertificateRefused(Message("pgpkey.too_many", limit=MOST_KEYS))
    key, created = PgpKey.objects.update_or_create(
        tenant=tenant,
        fingerprint=certificate.fingerprint,
        defaults={
            "user_ids": list(certificate.user_ids),
            "algorithm": certificate.algorithm,
            "encryption_key_id": certificate.encryption_key_id,
            "certificate": certificate.armored,
            "warnings": [warning.as_json() for warning in certificate.warnings],
            "expires_at": certificate.expires_at,
        },
    )
    record("pgpkey:added" if created else "pgpkey:renewed", tenant, actor, key.fingerprint)
    return key


@transaction.atomic
def confirm_pgp_key(*, key: PgpKey, actor: Actor) -> PgpKey:
    """Record that a person compared the fingerprint with the key's owner."""
    may_act(key.tenant)
    if key.confirmed_at is None:
        key.confirmed_at, key.confirmed_by = timezone.now(), str(actor)
        key.save(update_fields=["confirmed_at", "confirmed_by"])
        record("pgpkey:confirmed", key.tenant, actor, key.fingerprint)
    return key


def recipients_of(integration: Integration, spec: IntegrationSpec) -> tuple[Recipient, ...]:
    """Return the recipients of a spec, the vendor last; raises Refused when a key cannot be used any more."""
    keys = {key.fingerprint: key for key in integration.tenant.pgp_keys.filter(fingerprint__in=spec.recipients)}
    for fingerprint in spec.recipients:
        key = keys.get(fingerprint)
        if key is None or key.confirmed_at is None:
            raise Refused(Message("refused.recipient_not_confirmed", fingerprint=fingerprint))
        if key.expires_at is not None and key.expires_at <= timezone.now():
            expired_on = f"{key.expires_at:%d %B %Y}"
            raise Refused(Message("refused.recipient_expired", title=key.title, date=expired_on))
    vendor = vendor_certificate()
    client = tuple(
        Recipient(fingerprint, keys[fingerprint].certificate)
        for fingerprint in spec.recipients
        if fingerprint != vendor.fingerprint
    )
    return (*client, Recipient(vendor.fingerprint, vendor.armored, is_vendor=True))
