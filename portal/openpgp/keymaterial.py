"""What a public key packet says of itself: version, algorithm, size, fingerprint (RFC 9580, 5.5.2 and 9)."""

import hashlib
from dataclasses import dataclass

from portal.openpgp.packets import Packet, PacketError

_CURVES = {
    "2b06010401da470f01": "Ed25519",
    "2b060104019755010501": "Cv25519",
    "2a8648ce3d030107": "NIST P-256",
    "2b81040022": "NIST P-384",
    "2b81040023": "NIST P-521",
    "2b2403030208010107": "Brainpool P256r1",
    "2b240303020801010b": "Brainpool P384r1",
    "2b240303020801010d": "Brainpool P512r1",
    "2b8104000a": "secp256k1",
}
_ECDSA = 19
_LEAST_HASH_BITS = {"NIST P-384": 384, "NIST P-521": 512}
_RSA = frozenset({1, 2, 3})
_OLD = {16: "ElGamal", 17: "DSA", 20: "ElGamal"}
_ELLIPTIC = frozenset({18, 19, 22})
_NEW = {
    8: "Kyber",  # GnuPG 2.5
    25: "X25519",
    26: "X448",
    27: "Ed25519 of RFC 9580",
    28: "Ed448",
    35: "ML-KEM-768 with X25519",
    36: "ML-KEM-1024 with X448",
}
_NEW_ENCRYPTION = frozenset({8, 25, 26, 35, 36})


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """One public key: `name` is what a person reads ("RSA 4096"); `bits` is 0 for curves; `created` is a Unix time."""

    version: int
    algorithm: int
    name: str
    bits: int
    created: int
    fingerprint: str

    @property
    def key_id(self) -> str:
        """The last 16 hex digits of a version 4 fingerprint."""
        return self.fingerprint[-16:]

    @property
    def least_hash_bits(self) -> int:
        """The shortest hash that GnuPG accepts in a signature by this key; 0 where any will do."""
        return _LEAST_HASH_BITS.get(self.name, 0) if self.algorithm == _ECDSA else 0

    @property
    def is_rsa(self) -> bool:
        """Whether this is RSA of any use."""
        return self.algorithm in _RSA

    @property
    def is_discrete_log(self) -> bool:
        """Whether this is DSA or ElGamal."""
        return self.algorithm in _OLD

    @property
    def is_common_curve(self) -> bool:
        """Whether this is an elliptic curve that GnuPG 2.2 and the tools of the last ten years can use."""
        return self.algorithm in _ELLIPTIC and self.name in _CURVES.values() and self.name != "secp256k1"

    @property
    def is_new_encryption(self) -> bool:
        """Whether this encrypts by an algorithm that GnuPG 2.2 does not know."""
        return self.algorithm in _NEW_ENCRYPTION

    @property
    def is_brainpool(self) -> bool:
        """Whether this is one of the Brainpool curves."""
        return self.name.startswith("Brainpool")


def is_known_curve(identifier: bytes) -> bool:
    """Return whether this is the identifier of an elliptic curve that has a name here."""
    return identifier.hex() in _CURVES


def key_material(packet: Packet) -> KeyMaterial:
    """Read a public key or public subkey packet. Raises PacketError if it is cut short.

    For a version other than 4 only `version`, `algorithm` and `name` are meaningful.
    """
    body = packet.body
    if len(body) < 8:
        raise PacketError("a key packet that is cut short")
    if body[0] != 4:
        name = f"{_NEW[body[5]]}, version {body[0]}" if body[5] in _NEW else f"version {body[0]}"
        return KeyMaterial(body[0], body[5], name, 0, 0, "")
    algorithm = body[5]
    bits = int.from_bytes(body[6:8]) if algorithm in _RSA or algorithm in _OLD else 0
    fingerprint = hashlib.sha1(b"\x99" + len(body).to_bytes(2) + body, usedforsecurity=False).hexdigest().upper()
    return KeyMaterial(4, algorithm, _name(body, algorithm, bits), bits, int.from_bytes(body[1:5]), fingerprint)


def _name(body: bytes, algorithm: int, bits: int) -> str:
    if algorithm in _RSA:
        return f"RSA {bits}"
    if algorithm in _OLD:
        return f"{_OLD[algorithm]} {bits}"
    if algorithm in _ELLIPTIC:
        return _CURVES.get(body[7 : 7 + body[6]].hex(), "an unusual curve")
    return _NEW.get(algorithm, f"algorithm {algorithm}")
