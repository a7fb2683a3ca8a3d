"""The child process in which a stranger's certificate is read: `python -m portal.openpgp.examiner HOME [NOW]`.

Certificate on standard input, one JSON object on standard output: a certificate's fields, or {"reason", "detail"}.
"""

import json
import logging
import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pysequoia

from portal.openpgp.keymaterial import KeyMaterial
from portal.openpgp.keyring import GnuPGMissing, Keyring, ListedCertificate, ListedKey, keyring
from portal.openpgp.packets import recipients_of
from portal.openpgp.shape import Shape, Unfit, check_algorithm, only, shape

_CPU_SECONDS = 2
_MEMORY_BYTES = 256 * 1024 * 1024
_FILE_BYTES = 8 * 1024 * 1024
_BRAINPOOL = (
    "This key uses a Brainpool curve. GnuPG opens messages to it, but several other programs (Sequoia, OpenPGP.js) "
    "do not: make sure that you will decrypt with GnuPG."
)
_SHORT_RSA = "This key uses {name}. That is accepted today; RSA 3072 or Ed25519 will stay safe for longer."
_SOON = "This key expires on {day}. Extend it in time, or new credentials cannot be delivered to you."


def main(arguments: list[str]) -> None:
    """Read one certificate from standard input and write the verdict to standard output."""
    limit()
    logging.disable(logging.CRITICAL)  # what is read here belongs to somebody else and must not reach any log
    now = datetime.fromisoformat(arguments[1]) if len(arguments) > 1 else None
    try:
        verdict = examine(sys.stdin.buffer.read(), Path(arguments[0]), now)
    except Unfit as unfit:
        verdict = {"reason": unfit.reason, "detail": unfit.detail}
    except MemoryError:
        verdict = {"reason": "too_complex", "detail": ""}
    except GnuPGMissing:
        verdict = {"reason": "unavailable", "detail": "GnuPG does not start on our machine"}
    sys.stdout.write(json.dumps(verdict))


def limit() -> None:
    """Bound this process, and each one that it starts: 2 s of CPU, 256 MiB of memory, no core files."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere this limit is not kept, or counts what is merely reserved
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def examine(blob: bytes, home: Path, now: datetime | None) -> dict[str, Any]:
    """Return the fields of certificates.Certificate. Raises Unfit."""
    parsed = shape(blob)
    _second_reader(parsed)
    with keyring(home, at=now) as ring:
        listed = _taken(ring, parsed)
        encryption = _encryption_key(ring, listed)
        material = parsed.keys[encryption.key_id]
        check_algorithm(material)
        kept = only(shape(ring.minimal(listed.fingerprint)), encryption.key_id)
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
        "warning": _warning(parsed.primary, material, expires_at, now or datetime.now(UTC)),
    }


def _second_reader(parsed: Shape) -> None:
    try:
        certificate = pysequoia.Cert.from_bytes(parsed.binary)
        fingerprint, is_revoked = certificate.fingerprint, certificate.is_revoked
    except Exception as error:  # Sequoia raises bare exceptions for everything that it cannot read
        raise Unfit("garbage") from error
    if fingerprint.upper() != parsed.primary.fingerprint:
        raise Unfit("garbage")
    if is_revoked:
        raise Unfit("revoked", "This key")


def _taken(ring: Keyring, parsed: Shape) -> ListedCertificate:
    taken = ring.add(parsed.binary)
    listed = ring.certificates()
    if not taken or not listed:
        raise Unfit("no_user_id" if not _user_ids(parsed) else "garbage")
    if taken != (parsed.primary.fingerprint,) or [one.fingerprint for one in listed] != list(taken):
        raise Unfit("garbage")
    _check_usable(listed[0].primary, "This key")
    if not listed[0].user_ids:
        raise Unfit("no_user_id")
    return listed[0]


def _user_ids(parsed: Shape) -> list[bytes]:
    return [packet.body for packet in parsed.packets if packet.tag == 13]


def _check_usable(key: ListedKey, what: str) -> None:
    if key.validity == "r":
        raise Unfit("revoked", what)
    if key.validity == "e" and key.expires_at:
        raise Unfit("expired", _day(key.expires_at))


def _encryption_key(ring: Keyring, listed: ListedCertificate) -> ListedKey:
    expected = listed.encryption_key
    if expected is None:
        for key in sorted(listed.subkeys, key=lambda key: -key.created):
            if key.can_encrypt:
                _check_usable(key, "The encryption subkey of this key")
        raise Unfit("no_encryption_key")
    # Not what the listing suggests counts, but what GnuPG does.
    message = ring.encrypt(b"rehearsal", listed.fingerprint)
    if message is None or recipients_of(message) != (expected.key_id,):
        raise Unfit("no_encryption_key")
    return expected


def _algorithm(primary: KeyMaterial, encryption: KeyMaterial) -> str:
    return primary.name if primary.name == encryption.name else f"{primary.name} / {encryption.name}"


def _warning(primary: KeyMaterial, encryption: KeyMaterial, expires_at: datetime | None, now: datetime) -> str | None:
    warnings = []
    if encryption.is_brainpool or primary.is_brainpool:
        warnings.append(_BRAINPOOL)
    short = next((key for key in (encryption, primary) if key.is_rsa and key.bits < 3072), None)
    if short:
        warnings.append(_SHORT_RSA.format(name=short.name))
    if expires_at and expires_at < now + timedelta(days=30):
        warnings.append(_SOON.format(day=_day(expires_at)))
    return " ".join(warnings) or None


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


if __name__ == "__main__":
    main(sys.argv[1:])
