"""The first check of a certificate, by its packets alone: what must never reach GnuPG is refused here."""

import re
from dataclasses import dataclass

from portal.messages.message import Message
from portal.openpgp.armor import ArmorError, blocks
from portal.openpgp.keymaterial import KeyMaterial, key_material
from portal.openpgp.own_packets import is_ignored, own_packets
from portal.openpgp.packets import Packet, PacketError, Tag, is_binary, packets
from portal.openpgp.refusals import CertificateRefused

# Before other people's signatures are dropped: the smallest of 512 KiB would be fewer.
_MAX_PACKETS = 8_000
_MAX_USER_IDS = 64
_MAX_SUBKEYS = 32
_MAX_SIGNATURES = 800
_ALLOWED = frozenset({Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY, Tag.USER_ID, Tag.USER_ATTRIBUTE, Tag.SIGNATURE})
_SECRET = frozenset({Tag.SECRET_KEY, Tag.SECRET_SUBKEY})
_ENCRYPTED = Message("openpgp.found_message")
_SIGNED = Message("openpgp.found_signed_message")
_OTHER = Message("openpgp.found_other")
_BLOCKS = {"MESSAGE": _ENCRYPTED, "SIGNATURE": Message("openpgp.found_signature")}
_OTHER_FORMATS = (
    (re.compile(r"^\s*(ssh-|ecdsa-sha2-|---- BEGIN SSH2)", re.MULTILINE), Message("openpgp.found_ssh")),
    (re.compile(r"-----BEGIN CERTIFICATE-----"), Message("openpgp.found_x509")),
    (re.compile(r"-----BEGIN (RSA )?PUBLIC KEY-----"), Message("openpgp.found_pem")),
    (re.compile(r"age1[0-9a-z]{58}"), Message("openpgp.found_age")),
)


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


def read_structure(blob: bytes) -> CertificateStructure:
    """Read an armored or binary certificate without trusting it. Raises CertificateRefused.

    Other people's signatures, pictures and subkeys of other versions are not part of the result.
    """
    try:
        found = tuple(packets(_binary(blob), most=_MAX_PACKETS))
        _check_packets(found)
        keys = [key_material(packet) for packet in found if packet.tag in (Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY)]
    except (PacketError, ArmorError) as error:
        raise CertificateRefused(Message("openpgp.unreadable")) from error
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


def _binary(blob: bytes) -> bytes:
    if is_binary(blob):
        return blob
    text = blob.decode("utf-8", "replace")
    found = blocks(text)
    public = [block for block in found if block.kind == "PUBLIC KEY BLOCK"]
    if len(public) > 1:
        raise CertificateRefused(Message("openpgp.several_keys"))
    if not public:
        raise CertificateRefused(_in_place_of_key(text, [block.kind for block in found]))
    return public[0].data


def _in_place_of_key(text: str, kinds: list[str]) -> Message:
    if "-----BEGIN PGP SIGNED MESSAGE-----" in text:
        return Message("openpgp.not_a_public_key", found=_SIGNED)
    if kinds:
        return Message("openpgp.not_a_public_key", found=_BLOCKS.get(kinds[0], _OTHER))
    other = next((found for pattern, found in _OTHER_FORMATS if pattern.search(text)), None)
    return Message("openpgp.other_format", found=other) if other else Message("openpgp.unreadable")


def _check_packets(found: tuple[Packet, ...]) -> None:
    tags = [packet.tag for packet in found]
    if _SECRET.intersection(tags):
        raise CertificateRefused(Message("openpgp.private_key"))
    if Tag.COMPRESSED in tags:
        raise CertificateRefused(Message("openpgp.compressed"))
    if Tag.PKESK in tags or Tag.SEIPD in tags or Tag.AEAD in tags:
        raise CertificateRefused(Message("openpgp.not_a_public_key", found=_ENCRYPTED))
    if any(tag not in _ALLOWED and not is_ignored(tag) for tag in tags) or not tags or tags[0] != Tag.PUBLIC_KEY:
        raise CertificateRefused(Message("openpgp.unreadable"))
    if tags.count(Tag.PUBLIC_KEY) > 1:
        raise CertificateRefused(Message("openpgp.several_keys"))


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
