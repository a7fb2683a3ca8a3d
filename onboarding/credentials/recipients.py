"""Recipients of an access key: add an OpenPGP key, confirm its owner, and the recipients of a spec."""

from django.utils import timezone

from onboarding import key_mails
from onboarding.credentials import key_copies
from onboarding.credentials.vendor_key import delivery_certificate
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.plan import Recipient
from onboarding.row_locks import lock_tenant
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec.integration_spec import IntegrationSpec
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.openpgp.certificates import Certificate
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.models import Tenant

MOST_KEYS = 200  # of a tenant: its pages list them all
_TRIES = 3


def add_pgp_key(*, tenant: Tenant, blob: bytes, actor: Actor) -> PgpKey:
    """Store a recipient's public certificate, not confirmed yet. A copy of a known key is merged with it.

    Raises CertificateRefused with the reason. Nothing of a refused certificate is stored, except that a copy which is
    revoked or expired disables the key that is stored.
    """
    may_act(tenant)
    verdict = key_copies.verdict_on(blob)
    for _ in range(_TRIES):
        known = key_copies.known_key(tenant, verdict.fingerprint)
        if known:
            verdict = key_copies.verdict_on(blob, known=known)
        stored = _store_unless_changed(tenant, known, verdict, actor)
        if isinstance(stored, CertificateRefused):
            raise stored
        if stored is not None:
            return stored
    raise CertificateRefused(Message("openpgp.check_unavailable"))


@deadlocks.atomic
def _store_unless_changed(
    tenant: Tenant, known: PgpKey | None, verdict: key_copies.Verdict, actor: Actor
) -> PgpKey | CertificateRefused | None:
    # None: another copy was stored meanwhile, and this one has to be merged with it.
    lock_tenant(tenant.pk)
    now_known = key_copies.known_key(tenant, verdict.fingerprint)
    if _certificate(now_known) != _certificate(known):
        return None
    return _store(tenant, now_known, verdict, actor)


def _certificate(key: PgpKey | None) -> str:
    return key.known_certificate if key else ""


def _store(
    tenant: Tenant, known: PgpKey | None, verdict: key_copies.Verdict, actor: Actor
) -> PgpKey | CertificateRefused:
    if isinstance(verdict, CertificateRefused):
        return key_copies.refuse(known, verdict, actor)
    if (known is None or known.removed_at) and tenant.pgp_keys.count() >= MOST_KEYS:
        return CertificateRefused(Message("pgpkey.too_many", limit=MOST_KEYS))
    return key_copies.accept(tenant, known, verdict, actor)


@deadlocks.atomic
def confirm_pgp_key(*, key: PgpKey, actor: Actor) -> PgpKey:
    """Record that a person compared the fingerprint with the key's owner."""
    may_act(key.tenant)
    if key.is_disabled:
        raise validation_error(Message("pgpkey.is_disabled", title=key.title))
    if key.confirmed_at is None:
        key.confirmed_at, key.confirmed_by = timezone.now(), str(actor)
        key.save(update_fields=["confirmed_at", "confirmed_by"])
        record("pgpkey:confirmed", key.tenant, actor, key.fingerprint, about=key)
    return key


@deadlocks.atomic
def remove_pgp_key(*, key: PgpKey, actor: Actor, reason: str = "") -> None:
    """Remove a key from the tenant's list: it receives nothing more, and has to be confirmed if it is added again.

    Its certificate is remembered, so that no older copy brings back what its owner revoked. Copies that were encrypted
    to it stay.
    """
    may_act(key.tenant)
    key.removed_at, key.confirmed_at, key.confirmed_by = timezone.now(), None, ""
    key.save(update_fields=["removed_at", "confirmed_at", "confirmed_by"])
    record("pgpkey:removed", key.tenant, actor, key.fingerprint, about=key, stated_reason=reason)


def recipients_of(integration: Integration, spec: IntegrationSpec) -> tuple[Recipient, ...]:
    """Return the recipients of a spec, the vendor last. A producer by role has no access key, and so none.

    Raises Refused when a key cannot be used any more, and where there is neither a vendor's key nor one of the client.
    """
    found, cannot_encrypt = known_recipients(integration, spec)
    if cannot_encrypt is not None:
        raise Refused(cannot_encrypt)
    return found


def known_recipients(integration: Integration, spec: IntegrationSpec) -> tuple[tuple[Recipient, ...], Message | None]:
    """Return the recipients of a spec as `recipients_of` does, and why nothing can be encrypted to them now, or None.

    A run that encrypts nothing continues with those that are known.
    """
    if spec.is_by_role:
        return (), None
    keys = {key.fingerprint: key for key in integration.tenant.pgp_keys.filter(fingerprint__in=spec.recipients)}
    problems = [_problem(fingerprint, keys.get(fingerprint)) for fingerprint in spec.recipients]
    try:
        vendor = delivery_certificate()
    except Refused as refused:
        vendor = None
        problems.append(refused.message)
    own = [key for key in spec.recipients if key in keys and (vendor is None or key != vendor.fingerprint)]
    client = tuple(_client(keys[fingerprint]) for fingerprint in own)
    found = client if vendor is None else (*client, _vendor(vendor))
    if not found:
        problems.append(Message("refused.no_recipient"))
    return found, next(filter(None, problems), None)


def _problem(fingerprint: str, key: PgpKey | None) -> Message | None:
    if key is None or key.confirmed_at is None:
        return Message("refused.recipient_not_confirmed", fingerprint=fingerprint)
    if key.is_disabled:
        return Message("refused.recipient_disabled", title=key.title, reason=key.disabled_message or "")
    if key.expires_at is not None and key.expires_at <= timezone.now():
        expired_on = f"{key.expires_at:%d %B %Y}"
        return Message("refused.recipient_expired", title=key.title, date=expired_on)
    return None


def _client(key: PgpKey) -> Recipient:
    return Recipient(key.fingerprint, key.certificate, wants_mail=bool(key_mails.address_for(key)))


def _vendor(certificate: Certificate) -> Recipient:
    wants_mail = bool(key_mails.address_for(None))
    return Recipient(certificate.fingerprint, certificate.armored, is_vendor=True, wants_mail=wants_mail)
