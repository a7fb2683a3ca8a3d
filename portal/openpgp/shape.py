"""The first look at a certificate, by its packets alone: what must never reach GnuPG is refused here."""

import re
from dataclasses import dataclass

from portal.openpgp.armor import ArmorError, blocks
from portal.openpgp.keymaterial import KeyMaterial, key_material
from portal.openpgp.packets import Packet, PacketError, Tag, packets

_MAX_USER_IDS = 64
_MAX_SUBKEYS = 32
_MAX_SIGNATURES = 800
_ALLOWED = frozenset(
    {Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY, Tag.USER_ID, Tag.USER_ATTRIBUTE, Tag.SIGNATURE, Tag.MARKER, Tag.TRUST}
)
_SECRET = frozenset({Tag.SECRET_KEY, Tag.SECRET_SUBKEY})
_KINDS = {"MESSAGE": "an encrypted message", "SIGNATURE": "a signature", "SIGNED MESSAGE": "a signed message"}
_FOREIGN = (
    (re.compile(r"^\s*(ssh-|ecdsa-sha2-|---- BEGIN SSH2)", re.MULTILINE), "an SSH public key"),
    (re.compile(r"-----BEGIN CERTIFICATE-----"), "an X.509 certificate"),
    (re.compile(r"-----BEGIN (RSA )?PUBLIC KEY-----"), "a public key in PEM form"),
    (re.compile(r"age1[0-9a-z]{58}"), "an age recipient"),
)


class Unfit(Exception):
    """Found wanting, for a reason of refusals.REASONS."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Shape:
    """A certificate's packets, and the public keys among them by key ID."""

    packets: tuple[Packet, ...]
    primary: KeyMaterial
    keys: dict[str, KeyMaterial]

    @property
    def binary(self) -> bytes:
        """All packets in a row, without armor."""
        return b"".join(packet.raw for packet in self.packets)


def shape(blob: bytes) -> Shape:
    """Read an armored or binary certificate without trusting it. Raises Unfit."""
    try:
        found = tuple(packets(_binary(blob)))
        _check_packets(found)
        keys = [key_material(packet) for packet in found if packet.tag in (Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY)]
    except (PacketError, ArmorError) as error:
        raise Unfit("garbage") from error
    _check_primary(keys[0])
    return Shape(found, keys[0], {key.key_id: key for key in keys if key.version == 4})


def only(certificate: Shape, encryption_key_id: str) -> bytes:
    """Return the certificate with that one encryption key: other subkeys and pictures are left out.

    What a person confirmed is then what is used, whichever of several subkeys would be preferred later.
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
    if blob[:1] >= b"\x80":
        return blob
    text = blob.decode("utf-8", "replace")
    found = blocks(text)
    public = [block for block in found if block.kind == "PUBLIC KEY BLOCK"]
    if len(public) > 1:
        raise Unfit("several_keys")
    if not public:
        raise _what_it_is(text, [block.kind for block in found])
    return public[0].data


def _what_it_is(text: str, kinds: list[str]) -> Unfit:
    if "-----BEGIN PGP SIGNED MESSAGE-----" in text:
        return Unfit("other_block", _KINDS["SIGNED MESSAGE"])
    if kinds:
        return Unfit("other_block", _KINDS.get(kinds[0], "something else"))
    foreign = next((words for pattern, words in _FOREIGN if pattern.search(text)), None)
    return Unfit("other_kind", foreign) if foreign else Unfit("garbage")


def _check_packets(found: tuple[Packet, ...]) -> None:
    tags = [packet.tag for packet in found]
    if _SECRET.intersection(tags):
        raise Unfit("private_key")
    if Tag.COMPRESSED in tags:
        raise Unfit("compressed")
    if Tag.PKESK in tags or Tag.SEIPD in tags or Tag.AEAD in tags:
        raise Unfit("other_block", "an encrypted message")
    if not _ALLOWED.issuperset(tags) or not tags or tags[0] != Tag.PUBLIC_KEY:
        raise Unfit("garbage")
    if tags.count(Tag.PUBLIC_KEY) > 1:
        raise Unfit("several_keys")
    _check_counts(tags)


def _check_counts(tags: list[int]) -> None:
    names = tags.count(Tag.USER_ID) + tags.count(Tag.USER_ATTRIBUTE)
    too_many = (
        names > _MAX_USER_IDS
        or tags.count(Tag.PUBLIC_SUBKEY) > _MAX_SUBKEYS
        or tags.count(Tag.SIGNATURE) > _MAX_SIGNATURES
    )
    if too_many:
        raise Unfit("too_complex")


def _check_primary(primary: KeyMaterial) -> None:
    if primary.version != 4:
        raise Unfit("unsupported_version", primary.name)
    check_algorithm(primary)


def check_algorithm(key: KeyMaterial) -> None:
    """Raise Unfit unless the key's algorithm is strong and GnuPG can use it."""
    if key.is_rsa and key.bits < 2048:
        raise Unfit("rsa_too_short", key.name)
    if key.is_discrete_log:
        raise Unfit("algorithm_too_weak", key.name)
    if not key.is_rsa and not key.is_common_curve:
        raise Unfit("unsupported_algorithm", key.name)
