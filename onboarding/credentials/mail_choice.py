"""Where a recipient's copies of access keys are mailed: chosen for each OpenPGP key, or not at all."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from onboarding import key_mails
from onboarding.models.mail_copy import MailCopy
from onboarding.models.pgp_key import PgpKey
from onboarding.row_locks import lock_tenant
from onboarding.service_guards import Actor, may_act, record
from portal import deadlocks, mail
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message

_LONGEST = 254
_IN_USER_ID = re.compile(r"<([^<>\s]+@[^<>\s]+)>")


@deadlocks.atomic
def choose_mail(*, key: PgpKey, address: str, actor: Actor) -> PgpKey:
    """Mail copies of access keys for an OpenPGP key to this address from now on, or with "" not any more.

    Copies that were encrypted for mail and not accepted by a mail server yet go to the new address. Raises
    ValidationError for an address that is none, without a mail server, and for a key that receives nothing.
    """
    may_act(key.tenant)
    wanted = _checked(address.strip())
    lock_tenant(key.tenant_id)
    key.refresh_from_db()
    if wanted:
        _must_receive(key)
    was, key.mail_address = key.mail_address, wanted
    key.save(update_fields=["mail_address"])
    if was != wanted:
        record("pgpkey:mail-chosen", key.tenant, actor, key.fingerprint, about=key, was=was, address=wanted)
    copies = MailCopy.objects.filter(copy__fingerprint=key.fingerprint, accepted_at=None)
    copies.filter(copy__credential__integration__tenant=key.tenant_id, copy__audience="client").update(address="")
    key_mails.queue_waiting(key)
    return key


def suggested_address(key: PgpKey) -> str:
    """Return the first address in the user IDs that the key's owner signed, or ""."""
    found = (_IN_USER_ID.search(str(user_id)) for user_id in key.user_ids)
    return next((match[1] for match in found if match and _is_address(match[1])), "")


def _checked(address: str) -> str:
    if address and not _is_address(address):
        raise field_error("address", Message("key_mail.no_address", address=address[:_LONGEST]))
    return address


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= _LONGEST and address.isascii()


def _must_receive(key: PgpKey) -> None:
    if not mail.is_configured():
        raise validation_error(Message("key_mail.no_server"))
    if key.is_disabled:
        raise validation_error(Message("pgpkey.is_disabled", title=key.title))
    if key.confirmed_at is None:
        raise validation_error(Message("refused.recipient_not_confirmed", fingerprint=key.fingerprint))
