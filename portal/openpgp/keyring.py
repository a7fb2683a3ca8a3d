"""GnuPG through python-gnupg, with the settings that make it safe for untrusted keys."""

import logging
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import gnupg

from portal.openpgp.homes import HomeFull
from portal.openpgp.listed_certificates import ListedCertificate, certificate_of

# At DEBUG this logger prints the beginning of every key it is given, private ones too.
logging.getLogger("gnupg").setLevel(logging.WARNING)

# No configuration of the machine, no network lookups: only the input counts.
_OPTIONS = (
    "--no-options",
    "--disable-dirmngr",
    "--no-auto-key-locate",
    "--no-auto-key-retrieve",
    "--display-charset=utf-8",
)

_SMALLEST_HOME = 64 * 1024  # free octets below which GnuPG may have ended because the file system is full

# In a line of its own, so that no user ID that GnuPG quotes can say it.
_NO_SPACE = re.compile(r"^gpg: .*: (?:No space left on device|Disk quota exceeded)$", re.MULTILINE)


class GnuPGMissing(Exception):
    """The program gpg is not installed, or does not start."""


class GnuPGEnded(Exception):
    """A signal ended GnuPG before it had an answer: a limit of its process, or someone who killed it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _BoundedGPG(gnupg.GPG):  # type: ignore[misc]  # python-gnupg has no types
    """python-gnupg waits without limit; this one can stop what it has started."""

    def __init__(self, home: Path, options: list[str]) -> None:
        self._started: list[subprocess.Popen[bytes]] = []
        self._is_stopped = False
        # Latin-1 reads any byte, so that a user ID in an old encoding cannot stop the reading. It is decoded in
        # listed_certificates.py.
        super().__init__(gnupghome=str(home), options=options, env=_environment(home), encoding="latin-1")

    def _open_subprocess(self, args: Sequence[str], passphrase: bool = False) -> Any:
        process = super()._open_subprocess(args, passphrase)
        self._started.append(process)
        if self._is_stopped:
            process.kill()
        return process

    @property
    def signals(self) -> list[int]:
        return [-process.returncode for process in self._started if (process.poll() or 0) < 0]

    def stop(self) -> None:
        self._is_stopped = True
        for process in self._started:
            process.kill()


def _environment(home: Path) -> dict[str, str]:
    # GnuPG needs no more, and must not see the portal's environment.
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C"}


@contextmanager
def keyring(
    home: Path, *, seconds: float = 20, at: datetime | None = None, has_agent: bool = False
) -> Iterator["Keyring"]:
    """Open GnuPG on `home`. After `seconds` its processes are killed, and its operations report failure.

    `at` sets another time for GnuPG. `has_agent`: secret keys are used. Raises GnuPGMissing.
    """
    # Each import starts an agent otherwise, which no public key needs.
    options = [*_OPTIONS, *([] if has_agent else ["--no-autostart"])]
    options += [f"--faked-system-time={int(at.timestamp())}!"] if at else []
    try:
        gpg = _BoundedGPG(home, options)
    except (OSError, ValueError) as error:
        raise GnuPGMissing("GnuPG (the program gpg) is not installed on Sluice's machine.") from error
    deadline = threading.Timer(seconds, gpg.stop)
    deadline.daemon = True
    deadline.start()
    try:
        yield Keyring(gpg)
    finally:
        deadline.cancel()


class Keyring:
    """The operations of GnuPG that the portal needs, on one home.

    Each that writes to the home raises HomeFull where it fails because the file system is full.
    """

    def __init__(self, gpg: _BoundedGPG) -> None:
        self._gpg = gpg

    def add(self, key: bytes | str, *, passphrase: str | None = None) -> tuple[str, ...]:
        """Import keys; return the fingerprints of those that GnuPG accepted."""
        data = key.encode() if isinstance(key, str) else key
        try:
            result = self._gpg.import_keys(data, passphrase=passphrase)
        except BrokenPipeError:  # it ended before it had read the key: it is too large in a part, or there is no space
            if shutil.disk_usage(self._gpg.gnupghome).free < _SMALLEST_HOME:
                raise HomeFull from None
            return ()
        accepted = [row["fingerprint"] for row in result.results if row.get("ok") and row["fingerprint"]]
        if not accepted:
            _check_space(result)
        return tuple(dict.fromkeys(accepted))

    def check_ended(self) -> None:
        """Raise GnuPGEnded if a signal ended a process of GnuPG: its answers then say nothing about the key."""
        if signals := self._gpg.signals:
            raise GnuPGEnded(signals[0])

    def certificates(self) -> list[ListedCertificate]:
        """List every certificate of the ring."""
        listed = self._gpg.list_keys()
        return [certificate_of(row, listed.uid_map) for row in listed]

    def minimal(self, fingerprint: str) -> bytes:
        """Return the certificate in binary, without other people's signatures."""
        return bytes(self._gpg.export_keys(fingerprint, armor=False, minimal=True))

    def whole(self, fingerprint: str) -> bytes:
        """Return the certificate in binary with all that was imported and is valid, revoked and expired parts too."""
        return bytes(self._gpg.export_keys(fingerprint, armor=False))

    def armored(self, fingerprint: str) -> str:
        """Return the certificate in ASCII armor, without other people's signatures."""
        return str(self._gpg.export_keys(fingerprint, minimal=True))

    def generate(self, parameters: str) -> str | None:
        """Create a key pair from GnuPG's batch parameters; return its fingerprint, or None where that failed."""
        result = self._gpg.gen_key(parameters.encode().decode("latin-1"))
        if not str(result):
            _check_space(result)
        return str(result) or None

    def private(self, fingerprint: str) -> str:
        """Return the armored private key, which must have no passphrase."""
        return str(self._gpg.export_keys(fingerprint, secret=True, expect_passphrase=False))

    def encrypt(self, plaintext: bytes, fingerprint: str, *, file_name: str = "") -> str | None:
        """Return the armored message to this one recipient, or None where GnuPG failed or was stopped.

        `file_name` is that of the plaintext, inside the message: programs restore it when they decrypt a file.
        """
        # The recipient was named by its full fingerprint and confirmed by a person: that is the trust.
        # Without --cipher-algo a certificate that states no preference would get 3DES.
        try:
            options = ["--cipher-algo", "AES256", *(["--set-filename", file_name] if file_name else [])]
            result = self._gpg.encrypt(plaintext, [fingerprint], always_trust=True, armor=True, extra_args=options)
        except BrokenPipeError:  # it ended before it had read its input
            return None
        if result.ok and result.returncode == 0:
            return str(result)
        _check_space(result)
        return None

    def decrypt(self, ciphertext: str, *, passphrase: str | None) -> bytes | None:
        """Return the plaintext, or None where no secret key of the ring decrypts the message."""
        result = self._gpg.decrypt(ciphertext, passphrase=passphrase, always_trust=True)
        return bytes(result.data) if result.ok and result.returncode == 0 else None


def _check_space(failed: Any) -> None:
    if _NO_SPACE.search(str(failed.stderr)):
        raise HomeFull
