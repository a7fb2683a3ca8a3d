"""Sequoia, the second reader of every certificate: what it cannot read or encrypt to is not accepted.

Recipients decrypt with programs of both families, and Sequoia rejects signatures that GnuPG 2.2 still honours.
https://docs.rs/sequoia-openpgp/latest/sequoia_openpgp/policy/struct.StandardPolicy.html
"""

from collections.abc import Callable
from typing import TypeVar

import pysequoia

from portal.messages.message import Message
from portal.openpgp.certificate_structure import CertificateStructure
from portal.openpgp.packets import Tag, as_binary, packets
from portal.openpgp.refusals import CertificateRefused

Answer = TypeVar("Answer")


def is_revoked(parsed: CertificateStructure) -> bool:
    """Return whether Sequoia finds a valid revocation of the key; raises CertificateRefused where it reads another."""
    certificate = _read(lambda: pysequoia.Cert.from_bytes(parsed.binary))
    if certificate.fingerprint.upper() != parsed.primary.fingerprint:
        raise CertificateRefused(Message("openpgp.unreadable"))
    return bool(_read(lambda: certificate.is_revoked))


def merged(known: bytes, other: bytes) -> bytes:
    """Return two binary copies of one certificate as one, with everything that either has."""
    both = _read(lambda: pysequoia.Cert.from_bytes(known).merge(pysequoia.Cert.from_bytes(other)))
    return bytes(both)


def encrypts_to(certificate: bytes, key_id: str) -> bool:
    """Return whether Sequoia encrypts to a binary certificate, and to that key of it.

    It encrypts to every key that can decrypt, GnuPG to one: to the primary key as well, if that is meant for it.
    """
    try:
        message = pysequoia.encrypt(b"rehearsal", [pysequoia.Cert.from_bytes(certificate)])
    except Exception:  # Sequoia raises bare exceptions for every reason not to encrypt
        return False
    found = [packet.body for packet in packets(as_binary(message)) if packet.tag == Tag.PKESK]
    return key_id in {_recipient(body) for body in found}


def _recipient(body: bytes) -> str:
    # Where the certificate says that its owner reads messages of RFC 9580, Sequoia names the whole fingerprint.
    if body[:3] == b"\x06\x15\x04":
        return body[15:23].hex().upper()
    return body[1:9].hex().upper()


def _read(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except Exception as error:  # Sequoia raises bare exceptions for everything that it cannot read
        raise CertificateRefused(Message("openpgp.unreadable")) from error
