"""The child process that reads an untrusted certificate: `python -m portal.openpgp.examiner HOME KNOWN [NOW]`.

Standard input has KNOWN bytes of a copy that Sluice has of the same certificate, then the certificate. Standard output
has one JSON object: a certificate's fields, or {"refused": a message, "fingerprint", "full"}.
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
from portal.openpgp import second_reader
from portal.openpgp.certificate_structure import CertificateStructure, only, read_structure, read_structures
from portal.openpgp.certificate_warnings import warnings_of
from portal.openpgp.encryption_key import REVOKED, encryption_key
from portal.openpgp.homes import HomeFull
from portal.openpgp.keymaterial import KeyMaterial
from portal.openpgp.keyring import GnuPGEnded, GnuPGMissing, Keyring, keyring
from portal.openpgp.listed_certificates import ListedCertificate
from portal.openpgp.packets import Tag
from portal.openpgp.refusals import LIMITS, TOO_COMPLEX, UNAVAILABLE, CertificateRefused
from portal.openpgp.rehearsal import rehearse
from portal.openpgp.signatures import signature_of

_CPU_SECONDS = 2
_MEMORY_BYTES = 256 * 1024 * 1024
_FILE_BYTES = 8 * 1024 * 1024


def main(arguments: list[str]) -> None:
    """Read one certificate from standard input and write the result to standard output."""
    limit()
    logging.disable(logging.CRITICAL)  # the input is someone else's and must not reach any log
    home, known_size = Path(arguments[0]), int(arguments[1])
    now = datetime.fromisoformat(arguments[2]) if len(arguments) > 2 else None
    known, blob = sys.stdin.buffer.read(known_size), sys.stdin.buffer.read()
    try:
        result = examine(blob, home, now, known=known)
    except CertificateRefused as refused:
        result = {"refused": refused.message.as_json(), "fingerprint": refused.fingerprint, "full": refused.full}
    except MemoryError:
        result = {"refused": TOO_COMPLEX.as_json()}
    except GnuPGEnded as ended:
        result = {"refused": (TOO_COMPLEX if ended.number in LIMITS else UNAVAILABLE).as_json()}
    except GnuPGMissing:
        result = {"refused": UNAVAILABLE.as_json()}
    except HomeFull:
        result = {"refused": Message("openpgp.no_space").as_json()}
    sys.stdout.write(json.dumps(result))


def limit() -> None:
    """Limit this process, and each that it starts, to 2 s of CPU and 256 MiB of memory, without core files."""
    # With a lower soft limit the signal says which limit was reached: SIGKILL would be anyone's.
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere this limit is ignored, or counts reserved memory too
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def examine(blob: bytes, home: Path, now: datetime | None, *, known: bytes = b"") -> dict[str, Any]:
    """Return the fields of certificates.Certificate as JSON. Raises CertificateRefused.

    With `known`, another copy of the same certificate, both are read as one: an older copy takes nothing back.
    """
    parsed, *others = read_structures(blob)
    fingerprint, full = parsed.primary.fingerprint, ""
    try:
        for copy in [*others, *(read_structures(known) if known else [])]:
            parsed = read_structure(second_reader.merged(copy.binary, parsed.binary))
        is_revoked = second_reader.is_revoked(parsed)
        with keyring(home, at=now) as ring:
            listed = _imported(ring, parsed)
            full = _armored(ring.whole(fingerprint))
            ring.check_ended()
            if is_revoked:
                raise CertificateRefused(REVOKED)
            return {**_fields(ring, parsed, listed, home, now), "full": full}
    except CertificateRefused as refused:
        raise CertificateRefused(refused.message, fingerprint=fingerprint, full=full) from refused


def _imported(ring: Keyring, parsed: CertificateStructure) -> ListedCertificate:
    imported = ring.add(parsed.binary)
    listed = ring.certificates()
    ring.check_ended()
    if not imported or not listed:
        raise CertificateRefused(_why_not_imported(parsed))
    if imported != (parsed.primary.fingerprint,) or [entry.fingerprint for entry in listed] != list(imported):
        raise CertificateRefused(Message("openpgp.unreadable"))
    return listed[0]


def _why_not_imported(parsed: CertificateStructure) -> Message:
    """Return why GnuPG imports nothing, though Sequoia can read it."""
    if not any(packet.tag == Tag.USER_ID for packet in parsed.packets):
        return Message("openpgp.no_user_id")
    least = parsed.primary.least_hash_bits
    own = (signature_of(packet) for packet in parsed.packets if packet.tag == Tag.SIGNATURE)
    if least and any(signature and 0 < signature.hash_bits < least for signature in own):
        return Message("openpgp.hash_too_short", algorithm=parsed.primary.name, bits=least)
    return Message("openpgp.unreadable")


def _fields(
    ring: Keyring, parsed: CertificateStructure, listed: ListedCertificate, home: Path, now: datetime | None
) -> dict[str, Any]:
    encryption = encryption_key(listed, parsed, now)
    if not listed.user_ids:
        raise CertificateRefused(Message("openpgp.no_user_id"))
    material = parsed.keys[encryption.key_id]
    kept = only(read_structure(ring.minimal(listed.fingerprint)), encryption.key_id)
    rehearse(kept, listed.fingerprint, encryption.key_id, home=home, now=now)
    expiries = [key.expires_at for key in (listed.primary, encryption) if key.expires_at]
    expires_at = min(expiries, default=None)
    return {
        "fingerprint": listed.fingerprint,
        "user_ids": listed.user_ids,
        "algorithm": _algorithm(parsed.primary, material),
        "created_at": datetime.fromtimestamp(parsed.primary.created, UTC).isoformat(),
        "expires_at": expires_at.isoformat() if expires_at else None,
        "encryption_key_id": encryption.key_id,
        "revoked_key_ids": [key.key_id for key in listed.subkeys if key.validity == "r"],
        "armored": _armored(kept),
        "warnings": [
            warning.as_json() for warning in warnings_of(parsed.primary, material, expires_at, now or datetime.now(UTC))
        ],
    }


def _armored(certificate: bytes) -> str:
    return str(pysequoia.armor(certificate, pysequoia.ArmorKind.PublicKey))


def _algorithm(primary: KeyMaterial, encryption: KeyMaterial) -> str:
    return primary.name if primary.name == encryption.name else f"{primary.name} / {encryption.name}"


if __name__ == "__main__":
    main(sys.argv[1:])
