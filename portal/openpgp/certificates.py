"""Certificates (OpenPGP public keys) that people upload: checked, refused with a reason, or reduced to what is used."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.child_environment import child_environment
from portal.messages.message import Message, from_json
from portal.openpgp.check_slots import NoFreeSlot, check_slot
from portal.openpgp.homes import HomeFull, temporary_home
from portal.openpgp.private_keys import private_key_refusal
from portal.openpgp.refusals import LIMITS, TOO_COMPLEX, UNAVAILABLE, CertificateRefused

MAX_BYTES = 512 * 1024
_WALL_SECONDS = 10
QUEUE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Certificate:
    """A public key that can receive credentials.

    `fingerprint` has 40 upper-case hex digits; `encryption_key_id` has 16 and is the subkey that GnuPG encrypts to;
    `armored` is normalised: one primary key, its own user IDs, that one subkey; `expires_at` is the earlier of the two.
    `full` is what a later copy is merged with: revoked and expired subkeys too; `revoked_key_ids` are the former's.
    """

    fingerprint: str
    user_ids: tuple[str, ...]
    algorithm: str
    created_at: datetime
    expires_at: datetime | None
    encryption_key_id: str
    armored: str
    full: str
    revoked_key_ids: tuple[str, ...]
    warnings: tuple[Message, ...]


def inspect(blob: bytes | str, *, known: str = "", now: datetime | None = None) -> Certificate:
    """Check an armored or binary certificate and return the parts that Sluice keeps.

    Two independent readers, Sequoia and GnuPG, must agree. They run in a child process with 2 s of CPU, 256 MiB of
    memory and 10 s in all, so that no input can block or crash the caller; beyond those at once, one waits up to 10 s
    for its turn. `known` is a certificate of the same fingerprint: both are read as one, so that an older copy takes
    nothing back. `now` checks the validity at another time.
    Raises CertificateRefused, whose message is written for the person who uploaded the key.
    """
    data = blob.encode("utf-8", "replace") if isinstance(blob, str) else blob
    if private := private_key_refusal(data):
        raise CertificateRefused(private)
    if not data.strip():
        raise CertificateRefused(Message("openpgp.empty"))
    if len(data) > MAX_BYTES:
        raise CertificateRefused(Message("openpgp.too_large"))
    try:
        with check_slot(seconds=QUEUE_SECONDS):
            return _certificate(_examine(data, known.encode(), now))
    except NoFreeSlot as error:
        raise CertificateRefused(Message("openpgp.check_busy")) from error
    except HomeFull as error:
        raise CertificateRefused(Message("openpgp.no_space")) from error
    except OSError as error:  # no process or home could be created
        raise CertificateRefused(UNAVAILABLE) from error


def _examine(data: bytes, known: bytes, now: datetime | None) -> dict[str, Any]:
    # The home is created here, so that it is removed even when the child had to be killed.
    with temporary_home() as home:
        command = [sys.executable, "-m", "portal.openpgp.examiner", str(home), str(len(known))]
        with subprocess.Popen(
            [*command, now.isoformat()] if now else command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            start_new_session=True,
        ) as child:
            return _answer(child, known + data)


def _answer(child: "subprocess.Popen[bytes]", data: bytes) -> dict[str, Any]:
    try:
        output, _ = child.communicate(data, timeout=_WALL_SECONDS)
    except subprocess.TimeoutExpired:  # of a machine that is too busy: the key's own work is limited by CPU time
        raise CertificateRefused(UNAVAILABLE) from None
    finally:
        _kill(child)
    if -child.returncode in LIMITS:
        raise CertificateRefused(TOO_COMPLEX)
    if not output:
        raise CertificateRefused(UNAVAILABLE)
    answer: dict[str, Any] = json.loads(output)
    return answer


def _kill(child: "subprocess.Popen[bytes]") -> None:
    # The whole process group: GnuPG, which the child started, must not outlive it.
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    child.wait()


def _certificate(answer: dict[str, Any]) -> Certificate:
    if "refused" in answer:
        message = from_json(answer["refused"])
        raise CertificateRefused(message, fingerprint=answer.get("fingerprint", ""), full=answer.get("full", ""))
    expires_at = answer.pop("expires_at")
    return Certificate(
        **answer
        | {
            "user_ids": tuple(answer["user_ids"]),
            "revoked_key_ids": tuple(answer["revoked_key_ids"]),
            "warnings": tuple(from_json(warning) for warning in answer["warnings"]),
            "created_at": datetime.fromisoformat(answer["created_at"]),
            "expires_at": datetime.fromisoformat(expires_at) if expires_at else None,
        }
    )
