"""A certificate's parts that count: what its owner signed. The rest never reaches a reader.

Other people's signatures are most of a large certificate, and a flood of them can exhaust GnuPG (CVE-2019-13050).
Subkeys of versions that GnuPG 2.2 does not know make it refuse the whole certificate.
"""

from collections.abc import Iterable, Iterator

from portal.openpgp.keymaterial import KeyMaterial, key_material
from portal.openpgp.packets import Packet, Tag
from portal.openpgp.signatures import signature_of

_KEPT = frozenset({Tag.PUBLIC_KEY, Tag.USER_ID})
# Pictures are dropped with their signatures. The others stand between packets and own none.
_BETWEEN = frozenset({Tag.MARKER, Tag.TRUST, Tag.PADDING, Tag.OLD_COMMENT})


def is_ignored(tag: int) -> bool:
    """Return whether a packet of this type may be in a certificate and is of no use in it (RFC 9580, 4.3)."""
    return tag in _BETWEEN or tag >= 40


def own_packets(found: Iterable[Packet], primary: KeyMaterial) -> Iterator[Packet]:
    """Yield the primary key, its user IDs and version 4 subkeys, and of the signatures those that are its own."""
    keeping = True
    for packet in found:
        if packet.tag == Tag.SIGNATURE:
            if keeping and _is_own(packet, primary):
                yield packet
        elif not is_ignored(packet.tag):
            keeping = packet.tag in _KEPT or _is_usable_subkey(packet)
            if keeping:
                yield packet


def _is_own(packet: Packet, primary: KeyMaterial) -> bool:
    signature = signature_of(packet)
    # One that names no issuer is left to GnuPG, which verifies all of them.
    return signature is None or not signature.issuers or primary.key_id in signature.issuers


def _is_usable_subkey(packet: Packet) -> bool:
    return packet.tag == Tag.PUBLIC_SUBKEY and key_material(packet).version == 4
