"""`python -m tests.portal.openpgp.make_foreign_cases`: writes the corpus of other programs anew.

Needs what `make var/openpgp-programs/.unpacked` and `make .ci/node_modules/.package-lock.json` download. The files are
committed, so that every change is tested against them without the programs. After it, fill in the answers of new files
in `foreign_cases/manifest.json`: what is right is decided by a person, and not by what Sluice answers today.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.portal.openpgp.other_programs import openpgp_js, pgpy, run

FOLDER = Path(__file__).with_name("foreign_cases")
Files = dict[str, bytes]
_WHO = "Ada <ada@example.org>"

_SEQUOIA = {
    "sq-cv25519": (),
    "sq-rsa3072": ("--cipher-suite", "rsa3k"),
    "sq-rsa4096": ("--cipher-suite", "rsa4k"),
    "sq-sign-only": ("--cannot-encrypt",),
    "sq-for-storage": ("--can-encrypt", "storage"),
    "sq-for-transport": ("--can-encrypt", "transport"),
    "sq-expired": ("--creation-time", "20200101", "--expires-in", "1y"),
    "sq-two-user-ids": ("--userid", "Zoë <zoe@example.org>"),
}
# What rnpkeys asks: the kind of key, then the size or the curve.
_RNP = {
    "rnp-rsa2048": "1\n2048\n",
    "rnp-rsa1024": "1\n1024\n",
    "rnp-rsa4096": "1\n4096\n",
    "rnp-dsa-rsa": "17\n2048\n",
    "rnp-dsa-elgamal": "16\n2048\n",
    "rnp-nistp256": "19\n1\n",
    "rnp-nistp384": "19\n2\n",
    "rnp-nistp521": "19\n3\n",
    "rnp-brainpoolP256r1": "19\n4\n",
    "rnp-secp256k1": "19\n7\n",
    "rnp-ed25519": "22\n",
    "rnp-sm2": "99\n",
}
_OPENPGP_JS = (
    "ed25519",
    "p256",
    "p384",
    "p521",
    "rsa4096",
    "curve25519",
    "curve448",
    "v6",
    "sign-only",
    "expired",
    "revoked",
)
_ALSO_OPENPGP_JS = ("two-user-ids", "aead")
_PGPY = """
from datetime import datetime, timedelta, timezone
from pgpy.constants import *
C, K, PLAIN = EllipticCurveOID, PubKeyAlgorithm, CompressionAlgorithm.Uncompressed
kinds = {
    'rsa2048': (K.RSAEncryptOrSign, 2048, K.RSAEncryptOrSign, 2048),
    'rsa3072': (K.RSAEncryptOrSign, 3072, K.RSAEncryptOrSign, 3072),
    'ed25519': (K.EdDSA, C.Ed25519, K.ECDH, C.Curve25519), 'nistp256': (K.ECDSA, C.NIST_P256, K.ECDH, C.NIST_P256),
    'nistp384': (K.ECDSA, C.NIST_P384, K.ECDH, C.NIST_P384), 'nistp521': (K.ECDSA, C.NIST_P521, K.ECDH, C.NIST_P521),
    'brainpoolP256r1': (K.ECDSA, C.Brainpool_P256, K.ECDH, C.Brainpool_P256),
    'dsa': (K.DSA, 2048, K.RSAEncryptOrSign, 2048),
}
def new(kind, with_subkey=True, **terms):
    a, n, b, m = kinds[kind]
    key, when = pgpy.PGPKey.new(a, n), {}
    usage = dict(usage={KeyFlags.Sign, KeyFlags.Certify}, hashes=[HashAlgorithm.SHA256],
                 ciphers=[SymmetricKeyAlgorithm.AES256], compression=[PLAIN], **terms)
    key.add_uid(pgpy.PGPUID.new('Ada', email='ada@example.org'), **usage)
    if with_subkey:
        key.add_subkey(pgpy.PGPKey.new(b, m), usage={KeyFlags.EncryptCommunications, KeyFlags.EncryptStorage})
    return key
answer = {'pgpy-' + kind: str(new(kind).pubkey) for kind in kinds}
key = new('ed25519')
answer['pgpy-private'] = str(key)
answer['pgpy-sign-only'] = str(new('ed25519', False).pubkey)
answer['pgpy-expired'] = str(new('ed25519', key_expiration=timedelta(days=1)).pubkey)
answer['pgpy-message'] = str(key.pubkey.encrypt(pgpy.PGPMessage.new('hello', compression=PLAIN)))
answer['pgpy-signature'] = str(key.sign('hello'))
head = '-----BEGIN PGP SIGNED MESSAGE-----\\nHash: SHA256\\n\\nhello\\n'
answer['pgpy-cleartext'] = head + str(key.sign('hello'))
key.add_uid(pgpy.PGPUID.new(bytearray(b'\\xff\\xd8\\xff\\xe0' + bytes(2000) + b'\\xff\\xd9')))
answer['pgpy-with-a-picture'] = str(key.pubkey)
revoked = new('ed25519')
revoked |= revoked.revoke(revoked, reason=RevocationReason.Compromised)
answer['pgpy-revoked'] = str(revoked.pubkey)
"""


def main() -> None:
    """Write every file of every program."""
    FOLDER.mkdir(exist_ok=True)
    for made in (sequoia, stateless, rnp, by_openpgp_js, by_pgpy):
        for name, content in made().items():
            (FOLDER / f"{name}.asc").write_bytes(content)
            print(name)


def sequoia() -> Files:
    """Return what sq creates: certificates, a key, a revocation, two certificates in one file, a message."""
    return _in_folder(_sequoia)


def _sequoia(at: Path) -> Files:
    for name, terms in _SEQUOIA.items():
        run("sq", "key", "generate", "--userid", _WHO, *terms, "--export", at / name, "--rev-cert", at / f"{name}.rev")
    found = {name: run("sq", "key", "extract-cert", at / name) for name in _SEQUOIA}
    for name in ("sq-cv25519", "sq-rsa3072"):
        (at / f"{name}.cert").write_bytes(found[name])
    certificates = [at / "sq-cv25519.cert", at / "sq-rsa3072.cert"]
    return {
        **found,
        "sq-private": (at / "sq-cv25519").read_bytes(),
        "sq-revocation": (at / "sq-cv25519.rev").read_bytes(),
        "sq-two-certificates": run("sq", "keyring", "join", *certificates),
        "sq-message": run("sq", "encrypt", "--recipient-cert", certificates[0], given=b"hello"),
    }


def stateless() -> Files:
    """Return what the two Stateless OpenPGP programs create."""
    found: Files = {}
    for program in ("sqop", "gosop"):
        key = run(program, "generate-key", _WHO)
        found |= {f"{program}-key": key, f"{program}-certificate": run(program, "extract-cert", given=key)}
    return found


def rnp() -> Files:
    """Return what rnp creates: a certificate of each kind of key, a key, a revocation and a revoked certificate."""
    found: Files = {}
    for name, answers in _RNP.items():
        found[name] = _in_folder(lambda at, answers=answers: {"": _rnp(at, answers)})[""]
    return found | _in_folder(_rnp_revoked)


def _rnp(at: Path, answers: str) -> bytes:
    terms = ("--homedir", at, "--notty", "--password", "", "--expiration", "0", "--userid", _WHO)
    run("rnpkeys", *terms, "--generate-key", "--expert", given=f"{answers}\n\n\n".encode())
    return run("rnpkeys", "--homedir", at, "--export-key", "ada@example.org")


def _rnp_revoked(at: Path) -> Files:
    _rnp(at, "22\n")
    given = ("--homedir", at, "--notty", "--password", "")
    found = {
        "rnp-private": run("rnpkeys", *given, "--export-key", "--secret", "ada@example.org"),
        "rnp-revocation": run("rnpkeys", *given, "--export-rev", "ada@example.org"),
    }
    run("rnpkeys", *given, "--force", "--revoke-key", "ada@example.org")
    return {**found, "rnp-revoked": run("rnpkeys", *given, "--export-key", "ada@example.org")}


def by_openpgp_js() -> Files:
    """Return what OpenPGP for JavaScript creates: certificates, and a key."""
    made = {kind: openpgp_js("generate", kind) for kind in _OPENPGP_JS}
    certificates = {f"js-{kind}": found["certificate"].encode() for kind, found in made.items()}
    return {**certificates, "js-private": made["ed25519"]["private_key"].encode()}


def by_pgpy() -> Files:
    """Return what PGPy creates: certificates, a key, a message and signatures."""
    return {name: content.encode() for name, content in pgpy(_PGPY, {}).items()}


def _in_folder(work: Callable[[Path], Files]) -> Files:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        return work(Path(folder))


if __name__ == "__main__":
    main()
