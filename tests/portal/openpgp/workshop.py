"""Keys of every kind, good and bad, made with GnuPG in a home of its own."""

import subprocess
import zlib
from pathlib import Path

from portal.openpgp.armor import dearmor

SIGN = "Key-Type: eddsa\nKey-Curve: ed25519\nKey-Usage: sign\n"
ED25519 = f"{SIGN}Subkey-Type: ecdh\nSubkey-Curve: cv25519\nSubkey-Usage: encrypt\n"


class Workshop:
    def __init__(self, home: Path) -> None:
        self.home = home

    def gpg(self, *arguments: str, data: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--no-options", "--disable-dirmngr", "--quiet"]
        command += ["--pinentry-mode=loopback", "--passphrase="]
        done = subprocess.run([*command, *arguments], input=data, capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def make(self, parameters: str, *, name: str, time: str | None = None) -> str:
        expiry = "" if "Expire-Date" in parameters else "Expire-Date: 0\n"
        person = f"Name-Real: {name}\nName-Email: facilities@northwind.example\n"
        settings = f"{parameters}{person}{expiry}%no-protection\n%commit\n"
        faked = [f"--faked-system-time={time}!"] if time else []
        self.gpg(*faked, "--generate-key", data=settings.encode())
        return self.fingerprint(name)

    def fingerprint(self, name: str) -> str:
        listing = self.gpg("--with-colons", "--list-keys", f"={name} <facilities@northwind.example>").decode()
        return next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))

    def public(self, *fingerprints: str) -> str:
        return self.gpg("--armor", "--export", *fingerprints).decode()

    def private(self, *fingerprints: str) -> str:
        return self.gpg("--armor", "--export-secret-keys", *fingerprints).decode()

    def subkeys(self, fingerprint: str) -> list[str]:
        listing = self.gpg("--with-colons", "--list-keys", fingerprint).decode()
        return [line.split(":")[4] for line in listing.splitlines() if line.startswith("sub")]

    def revoke(self, fingerprint: str) -> None:
        prepared = (self.home / "openpgp-revocs.d" / f"{fingerprint}.rev").read_text()
        self.gpg("--import", data=prepared.replace(":-----BEGIN", "-----BEGIN").encode())


def binary(armored: str) -> bytes:
    return dearmor(armored).data


def packet(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4) + body


def compressed(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packet(8, b"\x01" + deflate.compress(data) + deflate.flush())
