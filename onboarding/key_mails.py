"""Mail of encrypted access keys: to whom, when a mail is queued, and why one that is queued is not sent any more.

A mail is built from ciphertext that was created with the key (onboarding.models.mail_copy), by the worker that sends
it: a row of the outbox names the copy, and has no content. A client's copy is mailed only after someone proved that
its recipient can open it, as it can be downloaded only then.
"""

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.mail_copy import MailCopy
from onboarding.models.pgp_key import PgpKey
from onboarding.models.possession import proved_copies
from onboarding.models.states import CredentialState
from onboarding.row_locks import lock_integration
from onboarding.service_guards import record
from portal import mail
from portal.database_clock import DatabaseClock
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.outbox.models import OutboxItem
from portal.tenancy.models import Tenant

USABLE = (CredentialState.READY, CredentialState.IN_USE)
_RELATED = "copy__credential__integration__tenant"


def register() -> None:
    """Let the outbox build these mails."""
    kinds.register_ciphertext(kinds.ACCESS_KEY_MAIL, ciphertext_of, ended=why_not_sent, accepted=note_accepted)


def address_for(key: PgpKey | None) -> str:
    """Return where copies for a client's key are mailed, or those for the vendor without one; "" for nowhere."""
    if not mail.is_configured():
        return ""
    if key is None:
        return settings.SLUICE_VENDOR_KEY_MAIL
    return key.mail_address if key.confirmed_at and not key.is_disabled and not key.removed_at else ""


def queue(credential: Credential) -> None:
    """Queue the mails of a key that can be downloaded from now on; the caller has locked its integration."""
    _queue(MailCopy.objects.filter(copy__credential=credential), credential.integration.tenant)


def queue_waiting(key: PgpKey) -> None:
    """Queue the mails that waited for this key's proof or for its address; the caller has locked the tenant.

    Each integration is locked before its access key's state is read: the run that creates a key reads the proof and
    the address under the same lock, so one of both sees what the other wrote.
    """
    waiting = _unsent(MailCopy.objects.filter(copy__fingerprint=key.fingerprint)).filter(
        copy__audience=SealedCopy.Audience.CLIENT, copy__credential__integration__tenant=key.tenant_id
    )
    for pk in sorted(set(waiting.values_list("copy__credential__integration_id", flat=True))):
        lock_integration(pk)
    _queue(waiting, key.tenant)


def _unsent(rows: QuerySet[MailCopy]) -> QuerySet[MailCopy]:
    return rows.filter(accepted_at=None)


def _queue(rows: QuerySet[MailCopy], tenant: Tenant) -> None:
    usable = _unsent(rows).filter(copy__credential__state__in=USABLE).defer("ciphertext", "copy__ciphertext")
    for waiting in usable.select_related(_RELATED).order_by("pk"):
        address = _address_of(waiting.copy)
        if address and address != waiting.address and _may_have(waiting.copy):
            waiting.address = address
            waiting.save(update_fields=["address"])
            _write(waiting, tenant)


def _write(waiting: MailCopy, tenant: Tenant) -> None:
    integration = waiting.copy.credential.integration
    outbox.write_to_address(
        kinds.ACCESS_KEY_MAIL,
        Message("notification.access_key_mail", integration=integration.name, tenant=tenant.name),
        event=waiting.event,
        address=waiting.address,
        tenant=tenant,
        path=reverse("credentials", kwargs={"slug": tenant.slug, "uid": integration.uid}),
    )


def ciphertext_of(row: OutboxItem) -> str:
    """Return the armored message of the mail that a row of the outbox is about."""
    return _copies(row).values_list("ciphertext", flat=True).get()


def why_not_sent(row: OutboxItem) -> Message | None:
    """Return why a queued mail is not sent: its key ended, it is no longer wanted there, or nothing is proved."""
    found = _copies(row).select_related(_RELATED).defer("ciphertext", "copy__ciphertext").first()
    if found is None or found.copy.credential.state not in USABLE:
        return Message("key_mail.key_ended")
    if _address_of(found.copy) != row.address:
        return Message("key_mail.not_wanted", address=row.address)
    return None if _may_have(found.copy) else Message("key_mail.not_proved")


def note_accepted(row: OutboxItem) -> None:
    """Note that the mail server accepted the mail: no one knows from that whether it was read."""
    found = _copies(row).select_related(_RELATED).defer("ciphertext", "copy__ciphertext").first()
    if found is None:
        return
    found.accepted_at = DatabaseClock().now()
    found.save(update_fields=["accepted_at"])
    credential = found.copy.credential
    integration = credential.integration
    about = {"integration": integration.uid, "fingerprint": found.copy.fingerprint, "address": row.address}
    target = credential.access_key_id or credential.user_name
    record("credential:mailed", integration.tenant, "outbox", target, about=credential, **about)


def _copies(row: OutboxItem) -> QuerySet[MailCopy]:
    uid, tenant_id = row.event.removeprefix("copy-"), row.tenant_id
    return MailCopy.objects.filter(copy__uid=uid, copy__credential__integration__tenant=tenant_id)


def _address_of(copy: SealedCopy) -> str:
    if copy.audience == SealedCopy.Audience.VENDOR:
        return address_for(None)
    key = PgpKey.objects.filter(tenant=copy.credential.integration.tenant_id, fingerprint=copy.fingerprint).first()
    return address_for(key) if key else ""


def _may_have(copy: SealedCopy) -> bool:
    is_vendors = copy.audience == SealedCopy.Audience.VENDOR
    return is_vendors or copy.uid in proved_copies(copy.credential.integration.tenant, [copy])
