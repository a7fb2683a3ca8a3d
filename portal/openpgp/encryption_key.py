"""Which key of a certificate is encrypted to, and why there is none."""

from datetime import UTC, datetime

from portal.messages.message import Message
from portal.openpgp.certificate_structure import CertificateStructure, is_strong, is_supported
from portal.openpgp.certificate_warnings import day_of
from portal.openpgp.listed_certificates import ListedCertificate, ListedKey
from portal.openpgp.refusals import CertificateRefused

REVOKED = Message("openpgp.revoked")
SUBKEY_REVOKED = Message("openpgp.subkey_revoked")


def encryption_key(listed: ListedCertificate, parsed: CertificateStructure, now: datetime | None) -> ListedKey:
    """Return the newest usable encryption subkey of a supported algorithm, else the primary key if it can encrypt.

    Raises CertificateRefused with the reason and, where there is one, the command that repairs it.
    """
    at = now or datetime.now(UTC)
    _check_primary(listed, parsed, at)
    usable = [key for key in listed.encryption_keys if key.is_usable]
    for key in usable:
        material = parsed.keys[key.key_id]
        if is_supported(material) and is_strong(material):
            return key
    raise CertificateRefused(_reason(listed, parsed, usable, at))


def _check_primary(listed: ListedCertificate, parsed: CertificateStructure, at: datetime) -> None:
    if listed.primary.validity == "r":
        raise CertificateRefused(REVOKED)
    if listed.primary.validity != "e" or listed.primary.expires_at is None:
        return
    date = day_of(listed.primary.expires_at)
    subkey = next((key for key in listed.encryption_keys if key.has_expired(at)), None)
    if subkey is None or subkey is listed.primary or any(not key.has_expired(at) for key in listed.encryption_subkeys):
        raise CertificateRefused(Message("openpgp.expired", date=date, fingerprint=listed.fingerprint))
    own = parsed.keys[subkey.key_id].fingerprint
    raise CertificateRefused(Message("openpgp.both_expired", date=date, fingerprint=listed.fingerprint, subkey=own))


def _reason(listed: ListedCertificate, parsed: CertificateStructure, usable: list[ListedKey], at: datetime) -> Message:
    fingerprint = listed.fingerprint
    if usable:
        material = parsed.keys[usable[0].key_id]
        if is_strong(material):
            return Message("openpgp.subkey_not_supported", algorithm=material.name, fingerprint=fingerprint)
        return Message("openpgp.subkey_too_weak", algorithm=material.name, fingerprint=fingerprint)
    for key in listed.encryption_keys:
        if key.validity == "r":
            return SUBKEY_REVOKED
        if key.has_expired(at) and key.expires_at:
            own = parsed.keys[key.key_id].fingerprint
            return Message("openpgp.subkey_expired", date=day_of(key.expires_at), fingerprint=fingerprint, subkey=own)
    unknown = next((key for key in parsed.subkeys if key.is_new_encryption), None)
    if unknown:
        return Message("openpgp.subkey_not_supported", algorithm=unknown.name, fingerprint=fingerprint)
    return Message("openpgp.no_encryption_key", fingerprint=fingerprint)
