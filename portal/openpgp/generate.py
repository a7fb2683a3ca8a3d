"""Creates key pairs, for the demo's delivery key and for tests. Clients create their own and keep the private key."""

from portal.openpgp.homes import temporary_home
from portal.openpgp.keyring import keyring

_CURVE = "Key-Type: eddsa\nKey-Curve: ed25519\nKey-Usage: sign\nSubkey-Type: ecdh\nSubkey-Curve: cv25519\n"
_NIST = "Key-Type: ecdsa\nKey-Curve: {0}\nKey-Usage: sign\nSubkey-Type: ecdh\nSubkey-Curve: {0}\n"
_RSA = "Key-Type: rsa\nKey-Length: {0}\nKey-Usage: sign\nSubkey-Type: rsa\nSubkey-Length: {0}\n"
_ALGORITHMS = {
    "ed25519": _CURVE,
    "nistp256": _NIST.format("nistp256"),
    "nistp384": _NIST.format("nistp384"),
    "nistp521": _NIST.format("nistp521"),
    "brainpoolP256r1": _NIST.format("brainpoolP256r1"),
    "rsa2048": _RSA.format(2048),
    "rsa3072": _RSA.format(3072),
    "rsa4096": _RSA.format(4096),
}


class GenerationFailed(Exception):
    """GnuPG created no key."""


def generate_keypair(user_id: str, *, algorithm: str = "ed25519") -> tuple[str, str]:
    """Create a key pair without passphrase or expiry; return the armored certificate and private key.

    `algorithm` is ed25519, nistp256, nistp384, nistp521, brainpoolP256r1, rsa2048, rsa3072 or rsa4096.
    Raises GenerationFailed, ValueError for another algorithm or a user ID of several lines, GnuPGMissing.
    """
    if algorithm not in _ALGORITHMS or not user_id.isprintable():
        raise ValueError("an algorithm that is not known, or a user ID that is not one line of text")
    parameters = (
        f"{_ALGORITHMS[algorithm]}Subkey-Usage: encrypt\nName-Real: {user_id}\nExpire-Date: 0\n"
        "%no-protection\n%commit\n"
    )
    with temporary_home(has_agent=True) as home, keyring(home, seconds=60, has_agent=True) as ring:
        fingerprint = ring.generate(parameters)
        if fingerprint is None:
            raise GenerationFailed("GnuPG created no key.")
        return ring.armored(fingerprint), ring.private(fingerprint)
