"""Encrypts a test message to a certificate as it will be stored, with both readers."""

from datetime import datetime
from pathlib import Path

from portal.messages.message import Message
from portal.openpgp import second_reader
from portal.openpgp.homes import temporary_home
from portal.openpgp.keyring import keyring
from portal.openpgp.packets import Tag, packets, recipients_of
from portal.openpgp.refusals import CertificateRefused
from portal.openpgp.signatures import signature_of


def rehearse(certificate: bytes, fingerprint: str, key_id: str, *, home: Path, now: datetime | None) -> None:
    """Raise CertificateRefused unless GnuPG and Sequoia encrypt to that key of the binary certificate.

    What counts is what the programs do, not what their listings suggest. `home` is where GnuPG's own is created. Raises
    GnuPGEnded, too.
    """
    with temporary_home(under=home) as own, keyring(own, at=now) as ring:
        ring.add(certificate)
        message = ring.encrypt(b"rehearsal", fingerprint)
        ring.check_ended()
    if message is None or recipients_of(message) != (key_id,):
        raise CertificateRefused(Message("openpgp.no_encryption_key", fingerprint=fingerprint))
    if second_reader.encrypts_to(certificate, key_id):
        return
    signatures = (signature_of(packet) for packet in packets(certificate) if packet.tag == Tag.SIGNATURE)
    if any(signature.is_weak for signature in signatures if signature):
        raise CertificateRefused(Message("openpgp.weak_signatures", fingerprint=fingerprint))
    raise CertificateRefused(Message("openpgp.second_reader_refuses"))
