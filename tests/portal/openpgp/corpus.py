"""The corpus: what people may hand in, each with the verdict that it must get. Made anew for every run."""

import base64
from dataclasses import dataclass

import pysequoia

from portal.openpgp.packets import Tag, packets
from tests.portal.openpgp.workshop import ED25519, SIGN, Workshop, binary, compressed, packet

NIST = "Key-Type: ecdsa\nKey-Curve: {0}\nKey-Usage: sign\nSubkey-Type: ecdh\nSubkey-Curve: {0}\nSubkey-Usage: encrypt\n"
RSA = "Key-Type: rsa\nKey-Length: {0}\nKey-Usage: sign\nSubkey-Type: rsa\nSubkey-Length: {0}\nSubkey-Usage: encrypt\n"

ACCEPTED = {
    "ed25519": "Ed25519 / Cv25519",
    "nistp256": "NIST P-256",
    "nistp384": "NIST P-384",
    "nistp521": "NIST P-521",
    "rsa2048": "RSA 2048",
    "rsa3072": "RSA 3072",
    "rsa-one-key-for-all": "RSA 2048",
    "sequoia": "Ed25519 / Cv25519",
    "two-encryption-subkeys": "Ed25519 / Cv25519",
    "newer-subkey-expired": "Ed25519 / Cv25519",
    "expires-in-ten-days": "Ed25519 / Cv25519",
    "other-peoples-signatures": "Ed25519 / Cv25519",
    "old-latin-1-name": "Ed25519 / Cv25519",
    "binary": "Ed25519 / Cv25519",
    "utf-16": "Ed25519 / Cv25519",
    "utf-8-mark": "Ed25519 / Cv25519",
    "crlf": "Ed25519 / Cv25519",
    "quoted-in-a-mail": "Ed25519 / Cv25519",
    "no-checksum": "Ed25519 / Cv25519",
}

DISGUISED = ("binary", "utf-16", "utf-8-mark", "crlf", "quoted-in-a-mail", "no-checksum")

REFUSED = {
    "empty": "empty",
    "blank": "empty",
    "words": "unreadable",
    "random-bytes": "unreadable",
    "half-an-armor": "unreadable",
    "wrong-checksum": "wrong_checksum",
    "damaged-armor": "unreadable",
    "cut-binary": "unreadable",
    "signature-changed": "unreadable",
    "only-a-user-id": "unreadable",
    "message": "not_a_public_key",
    "signed-message": "not_a_public_key",
    "ssh-public": "other_format",
    "x509": "other_format",
    "compressed": "compressed",
    "private": "private_key",
    "private-binary": "private_key",
    "private-in-public-armor": "private_key",
    "private-utf-16": "private_key",
    "private-beside-public": "private_key",
    "private-large": "private_key",
    "ssh-private": "private_key",
    "two-blocks": "several_keys",
    "two-in-one-block": "several_keys",
    "two-binary": "several_keys",
    "sign-only": "no_encryption_key",
    "expired": "both_expired",
    "expired-subkey": "subkey_expired",
    "revoked": "revoked",
    "rsa1024": "rsa_too_short",
    "rsa1024-subkey": "subkey_too_weak",
    "dsa-elgamal": "algorithm_too_weak",
    "elgamal-subkey": "subkey_too_weak",
    "brainpoolP256r1": "algorithm_not_supported",
    "version-3": "version_not_supported",
    "version-6": "version_not_supported",
    "algorithm-27": "algorithm_not_supported",
    "secp256k1": "algorithm_not_supported",
    "no-user-id": "no_user_id",
    "65-user-ids": "too_complex",
    "65-subkeys": "too_complex",
    "over-512-kib": "too_large",
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was made, by the names above, and the fingerprints of what can be accepted."""

    blobs: dict[str, bytes | str]
    fingerprints: dict[str, str]


def build(workshop: Workshop) -> Corpus:
    made = {name: workshop.make(parameters, name=name) for name, parameters in _plain().items()}
    made |= _special(workshop)
    made |= dict.fromkeys(DISGUISED, made["ed25519"])
    blobs: dict[str, bytes | str] = {name: workshop.public(fingerprint) for name, fingerprint in made.items()}
    sequoia = pysequoia.Tsk.generate("Sequoia <sequoia@northwind.example>").extract_certificate()
    blobs["sequoia"], made["sequoia"] = str(sequoia), sequoia.fingerprint.upper()
    good, other = workshop.public(made["ed25519"]), workshop.public(made["nistp256"])
    private = workshop.private(made["ed25519"])
    blobs |= _disguises(good) | _damaged(good) | _private(private, good) | _foreign(workshop, made["ed25519"])
    blobs |= _several(good, other) | _unsupported(good)
    return Corpus(blobs, made)


def _plain() -> dict[str, str]:
    curves = ("nistp256", "nistp384", "nistp521", "brainpoolP256r1", "secp256k1")
    return {
        "ed25519": ED25519,
        **{curve: NIST.format(curve) for curve in curves},
        **{f"rsa{bits}": RSA.format(bits) for bits in (1024, 2048, 3072)},
        "rsa-one-key-for-all": "Key-Type: rsa\nKey-Length: 2048\nKey-Usage: sign,encrypt\n",
        "rsa1024-subkey": f"{SIGN}Subkey-Type: rsa\nSubkey-Length: 1024\nSubkey-Usage: encrypt\n",
        "dsa-elgamal": "Key-Type: dsa\nKey-Length: 1024\nSubkey-Type: ELG\nSubkey-Length: 1024\n",
        "elgamal-subkey": f"{SIGN}Subkey-Type: ELG\nSubkey-Length: 1024\n",
        "sign-only": SIGN,
        "expires-in-ten-days": f"{ED25519}Expire-Date: 10d\n",
    }


def _special(workshop: Workshop) -> dict[str, str]:
    made = {"expired": workshop.make(f"{ED25519}Expire-Date: 30d\n", name="expired", time="20240101T000000")}
    for name in ("two-encryption-subkeys", "newer-subkey-expired", "revoked", "other-peoples-signatures"):
        made[name] = workshop.make(ED25519, name=name, time="20240101T000000")
    made["expired-subkey"] = workshop.make(SIGN, name="expired-subkey", time="20240101T000000")
    _add_subkey(workshop, made["two-encryption-subkeys"], expires="0")
    _add_subkey(workshop, made["newer-subkey-expired"], expires="30d")
    _add_subkey(workshop, made["expired-subkey"], expires="30d")
    workshop.revoke(made["revoked"])
    for name in ("expires", "signs for others"):
        signer = workshop.make(SIGN, name=name)
        workshop.gpg("--yes", "-u", signer, "--quick-sign-key", made["other-peoples-signatures"])
    made["old-latin-1-name"] = _latin_1(workshop)
    return made


def _add_subkey(workshop: Workshop, fingerprint: str, *, expires: str) -> None:
    workshop.gpg("--faked-system-time=20240201T000000!", "--quick-add-key", fingerprint, "cv25519", "encr", expires)


def _latin_1(workshop: Workshop) -> str:
    # With this character set GnuPG keeps the bytes as they are, as old programs did.
    settings = f"{ED25519}Name-Real: Zo\xeb\nExpire-Date: 0\n%no-protection\n%commit\n".encode("latin-1")
    shown = workshop.gpg("--status-fd=1", "--display-charset=utf-8", "--generate-key", data=settings).decode("latin-1")
    return shown.split("KEY_CREATED")[1].split()[1]


def _disguises(good: str) -> dict[str, bytes | str]:
    lines = good.strip().split("\n")
    return {
        "binary": binary(good),
        "utf-16": good.encode("utf-16"),
        "utf-8-mark": good.encode("utf-8-sig"),
        "crlf": good.replace("\n", "\r\n"),
        "quoted-in-a-mail": "Dear all,\nhere is our key:\n\n" + "\n".join(f"> {line}" for line in lines) + "\n\nZoë\n",
        "no-checksum": "\n".join(line for line in lines if not (line.startswith("=") and len(line) == 5)),
    }


def _damaged(good: str) -> dict[str, bytes | str]:
    data, lines = binary(good), good.strip().split("\n")
    changed = bytearray(data)
    changed[-5] ^= 0xFF
    names = next(part.raw for part in packets(data) if part.tag == Tag.USER_ID)
    return {
        "empty": "",
        "blank": " \r\n\t\n",
        "words": "our key is on the intranet",
        "random-bytes": bytes(range(128, 256)) * 8,
        "half-an-armor": "\n".join(lines[: len(lines) // 2]),
        "wrong-checksum": "\n".join("=AAAA" if len(line) == 5 else line for line in lines),
        "damaged-armor": good.replace(lines[4], lines[4][:-3] + "*?!"),
        "cut-binary": data[:-40],
        "signature-changed": _primary_binding_broken(data),
        "only-a-user-id": names,
        "compressed": compressed(data),
        "no-user-id": _without_names(data),
        "65-user-ids": _with_names(data, 65),
        "65-subkeys": data + b"".join(packet(14, b"\x04" + bytes(4) + b"\x01" + bytes(20)) for _ in range(65)),
        "over-512-kib": good + "\n" + "x" * 524_288,
    }


def _primary_binding_broken(data: bytes) -> bytes:
    found = list(packets(data))
    broken = bytearray(found[2].raw)
    broken[-10] ^= 0xFF
    return found[0].raw + found[1].raw + bytes(broken) + b"".join(part.raw for part in found[3:])


def _without_names(data: bytes) -> bytes:
    found = list(packets(data))
    return b"".join(part.raw for part in (found[0], *found[3:]))


def _with_names(data: bytes, count: int) -> bytes:
    found = list(packets(data))
    names = b"".join(packet(13, f"name {number}".encode()) for number in range(count))
    return found[0].raw + names + b"".join(part.raw for part in found[1:])


def _private(private: str, good: str) -> dict[str, bytes | str]:
    return {
        "private": private,
        "private-binary": binary(private),
        "private-in-public-armor": private.replace("PRIVATE KEY", "PUBLIC KEY"),
        "private-utf-16": private.encode("utf-16"),
        "private-beside-public": f"{good}\n{private}",
        "private-large": private + "x" * 100_000,
        "ssh-private": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n",
    }


def _foreign(workshop: Workshop, fingerprint: str) -> dict[str, bytes | str]:
    return {
        "message": workshop.gpg("--armor", "--trust-model=always", "-r", fingerprint, "--encrypt", data=b"x").decode(),
        "signed-message": workshop.gpg("-u", fingerprint, "--clear-sign", data=b"x").decode(),
        "ssh-public": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ zoe@northwind",
        "x509": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    }


def _several(good: str, other: str) -> dict[str, bytes | str]:
    both = binary(good) + binary(other)
    text = base64.encodebytes(both).decode()
    return {
        "two-blocks": f"{good}\n{other}",
        "two-in-one-block": f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{text}-----END PGP PUBLIC KEY BLOCK-----\n",
        "two-binary": both,
    }


def _unsupported(good: str) -> dict[str, bytes | str]:
    found = list(packets(binary(good)))
    rest = b"".join(part.raw for part in found[1:])
    six = pysequoia.Tsk.generate("Six <six@northwind.example>", profile=pysequoia.Profile.RFC9580).extract_certificate()
    return {
        "version-3": packet(6, b"\x03" + bytes(4) + bytes(2) + b"\x01" + b"\x08\x00" + bytes(300)) + rest,
        "version-6": str(six),
        "algorithm-27": packet(6, b"\x04" + bytes(4) + b"\x1b" + bytes(32)) + rest,
    }
