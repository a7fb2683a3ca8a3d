"""The child process that reads an untrusted certificate: `python -m portal.openpgp.examiner HOME [NOW]`.

Certificate on standard input, one JSON object on standard output: a certificate's fields, or {"refused": a message}.
"""

import json
import logging
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pysequoia

from portal.messages.message import Message
from portal.openpgp.certificate_structure import CertificateStructure, check_algorithm, only, read_structure
from portal.openpgp.certificate_warnings import day_of, warnings_of
from portal.openpgp.homes import HomeFull
from portal.openpgp.keymaterial import KeyMaterial
from portal.openpgp.keyring import GnuPGMissing, Keyring, keyring
from portal.openpgp.listed_certificates import ListedCertificate, ListedKey
from portal.openpgp.packets import recipients_of
from portal.openpgp.refusals import CertificateRefused

_REVOKED = Message("openpgp.revoked")
_CPU_SECONDS = 2
_MEMORY_BYTES = 256 * 1024 * 1024
_FILE_BYTES = 8 * 1024 * 1024


def main(arguments: list[str]) -> None:
    """Read one certificate from standard input and write the result to standard output."""
    limit()
    logging.disable(logging.CRITICAL)  # the input is someone else's and must not reach any log
    now = datetime.fromisoformat(arguments[1]) if len(arguments) > 1 else None
    try:
        result = examine(sys.stdin.buffer.read(), Path(arguments[0]), now)
    except CertificateRefused as refused:
        result = {"refused": refused.message.as_json()}
    except MemoryError:
        result = {"refused": Message("openpgp.too_complex").as_json()}
    except GnuPGMissing:
        result = {"refused": Message("openpgp.check_unavailable").as_json()}
    except HomeFull:
        result = {"refused": Message("openpgp.no_space").as_json()}
    sys.stdout.write(json.dumps(result))


def limit() -> None:
    """Limit this process, and each that it starts, to 2 s of CPU and 256 MiB of memory, without core files."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere this limit is ignored, or counts reserved memory too
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def examine(blob: bytes, home: Path, now: datetime | None) -> dict[str, Any]:
    """Return the fields of certificates.Certificate as JSON. Raises CertificateRefused."""
    parsed = read_structure(blob)
    _second_reader(parsed)
    with keyring(home, at=now) as ring:
        listed = _imported(ring, parsed)
        encryption = _encryption_key(ring, listed)
        material = parsed.keys[encryption.key_id]
        check_algorithm(material)
        kept = only(read_structure(ring.minimal(listed.fingerprint)), encryption.key_id)
    expiries = [key.expires_at for key in (listed.primary, encryption) if key.expires_at]
    expires_at = min(expiries, default=None)
    return {
        "fingerprint": listed.fingerprint,
        "user_ids": listed.user_ids,
        "algorithm": _algorithm(parsed.primary, material),
        "created_at": datetime.fromtimestamp(parsed.primary.created, UTC).isoformat(),
        "expires_at": expires_at.isoformat() if expires_at else None,
        "encryption_key_id": encryption.key_id,
        "armored": pysequoia.armor(kept, pysequoia.ArmorKind.PublicKey),
        "warnings": [
            warning.as_json() for warning in warnings_of(parsed.primary, material, expires_at, now or datetime.now(UTC))
        ],
    }


def _second_reader(parsed: CertificateStructure) -> None:
    try:
        certificate = pysequoia.Cert.from_bytes(parsed.binary)
        fingerprint, is_revoked = certificate.fingerprint, certificate.is_revoked
    except Exception as error:  # Sequoia raises bare exceptions for everything that it cannot read
        raise CertificateRefused(Message("openpgp.unreadable")) from error
    if fingerprint.upper() != parsed.primary.fingerprint:
        raise CertificateRefused(Message("openpgp.unreadable"))
    if is_revoked:
        raise CertificateRefused(_REVOKED)


def _imported(ring: Keyring, parsed: CertificateStructure) -> ListedCertificate:
    imported = ring.add(parsed.binary)
    listed = ring.certificates()
    if not imported or not listed:
        raise CertificateRefused(Message("openpgp.unreadable") if _user_ids(parsed) else Message("openpgp.no_user_id"))
    if imported != (parsed.primary.fingerprint,) or [entry.fingerprint for entry in listed] != list(imported):
        raise CertificateRefused(Message("openpgp.unreadable"))
    _check_usable(listed[0].primary, _REVOKED)
    if not listed[0].user_ids:
        raise CertificateRefused(Message("openpgp.no_user_id"))
    return listed[0]


def _user_ids(parsed: CertificateStructure) -> list[bytes]:
    return [packet.body for packet in parsed.packets if packet.tag == 13]


def _check_usable(key: ListedKey, if_revoked: Message) -> None:
    if key.validity == "r":
        raise CertificateRefused(if_revoked)
    if key.validity == "e" and key.expires_at:
        raise CertificateRefused(Message("openpgp.expired", date=day_of(key.expires_at)))


def _encryption_key(ring: Keyring, listed: ListedCertificate) -> ListedKey:
    expected = listed.encryption_key
    if expected is None:
        for key in sorted(listed.subkeys, key=lambda key: -key.created):
            if key.can_encrypt:
                _check_usable(key, Message("openpgp.subkey_revoked"))
        raise CertificateRefused(Message("openpgp.no_encryption_key"))
    # What counts is what GnuPG does, not what its listing suggests.
    message = ring.encrypt(b"rehearsal", listed.fingerprint)
    if message is None or recipients_of(message) != (expected.key_id,):
        raise CertificateRefused(Message("openpgp.no_encryption_key"))
    return expected


def _algorithm(primary: KeyMaterial, encryption: KeyMaterial) -> str:
    return primary.name if primary.name == encryption.name else f"{primary.name} / {encryption.name}"


if __name__ == "__main__":
    main(sys.argv[1:])
