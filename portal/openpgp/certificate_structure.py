"""The first check of a certificate, by its packets alone: what must never reach GnuPG is refused here."""

from dataclasses import dataclass

from portal.messages.message import Message
from portal.openpgp.keymaterial import KeyMaterial, key_material
from portal.openpgp.own_packets import own_packets
from portal.openpgp.packets import Packet, PacketError, Tag
from portal.openpgp.refusals import CertificateRefused
from portal.openpgp.uploaded_certificates import certificates_in

_MAX_USER_IDS = 64
# Of 1,178 keys of Debian's developers the largest has 49 subkeys and 70 signatures of its owner.
_MAX_SUBKEYS = 64
_MAX_SIGNATURES = 300


@dataclass(frozen=True, slots=True)
class CertificateStructure:
    """A certificate's own packets, the version 4 keys among them by key ID, and the subkeys of other versions."""

    packets: tuple[Packet, ...]
    primary: KeyMaterial
    keys: dict[str, KeyMaterial]
    foreign_subkeys: tuple[KeyMaterial, ...] = ()

    @property
    def subkeys(self) -> tuple[KeyMaterial, ...]:
        """All subkeys, of every version."""
        own = (key for key_id, key in self.keys.items() if key_id != self.primary.key_id)
        return (*own, *self.foreign_subkeys)

    @property
    def binary(self) -> bytes:
        """All packets in a row, without armor."""
        return b"".join(packet.raw for packet in self.packets)


def read_structures(blob: bytes) -> list[CertificateStructure]:
    """Read an upload without trusting it: the copies of one key, at least one. Raises CertificateRefused.

    Other people's signatures, pictures and subkeys of other versions are not part of the result.
    """
    try:
        return [_structure(certificate) for certificate in certificates_in(blob)]
    except PacketError as error:
        raise CertificateRefused(Message("openpgp.unreadable")) from error


def read_structure(blob: bytes) -> CertificateStructure:
    """Read the first copy of a key. Raises CertificateRefused."""
    return read_structures(blob)[0]


def _structure(found: tuple[Packet, ...]) -> CertificateStructure:
    keys = [key_material(packet) for packet in found if packet.tag in (Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY)]
    own = tuple(own_packets(found, keys[0]))
    _check_counts([packet.tag for packet in own])
    _check_primary(keys[0])
    known = {key.key_id: key for key in keys if key.version == 4}
    return CertificateStructure(own, keys[0], known, tuple(key for key in keys if key.version != 4))


def only(certificate: CertificateStructure, encryption_key_id: str) -> bytes:
    """Return the certificate with that one encryption key, without its other subkeys and pictures.

    So the key that a person confirmed stays the one in use, even if another subkey would be preferred later.
    """
    kept: list[bytes] = []
    keeping = True
    for packet in certificate.packets:
        if packet.tag != Tag.SIGNATURE:
            keeping = _belongs(packet, encryption_key_id)
        if keeping:
            kept.append(packet.raw)
    return b"".join(kept)


def _belongs(packet: Packet, encryption_key_id: str) -> bool:
    if packet.tag == Tag.PUBLIC_SUBKEY:
        return key_material(packet).key_id == encryption_key_id
    return packet.tag in (Tag.PUBLIC_KEY, Tag.USER_ID)


def _check_counts(tags: list[int]) -> None:
    too_many = (
        tags.count(Tag.USER_ID) > _MAX_USER_IDS
        or tags.count(Tag.PUBLIC_SUBKEY) > _MAX_SUBKEYS
        or tags.count(Tag.SIGNATURE) > _MAX_SIGNATURES
    )
    if too_many:
        raise CertificateRefused(Message("openpgp.too_complex"))


def _check_primary(primary: KeyMaterial) -> None:
    if primary.version != 4:
        raise CertificateRefused(Message("openpgp.version_not_supported", version=primary.name))
    check_algorithm(primary)


def check_algorithm(key: KeyMaterial) -> None:
    """Raise CertificateRefused unless the primary key's algorithm is strong and both readers can use it."""
    if not is_strong(key):
        if key.is_rsa:
            raise CertificateRefused(Message("openpgp.rsa_too_short", algorithm=key.name))
        raise CertificateRefused(Message("openpgp.algorithm_too_weak", algorithm=key.name))
    if not is_supported(key):
        raise CertificateRefused(Message("openpgp.algorithm_not_supported", algorithm=key.name))


def is_strong(key: KeyMaterial) -> bool:
    """Return whether the key's algorithm is neither short RSA nor DSA or ElGamal."""
    return key.bits >= 2048 if key.is_rsa else not key.is_discrete_log


def is_supported(key: KeyMaterial) -> bool:
    """Return whether both readers can use the key's algorithm."""
    return key.is_rsa or (key.is_common_curve and not key.is_brainpool)
