"""What a signature packet says of itself: who issued it, and what it is about (RFC 9580, 5.2). Nothing is verified."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.openpgp.packets import Packet

KEY_REVOCATION = 0x20
_ISSUER, _ISSUER_FINGERPRINT = 16, 33
_BITS_OF_HASHES = {1: 128, 2: 160, 3: 160, 8: 256, 9: 384, 10: 512, 11: 224, 12: 256, 14: 512}
_WEAK_HASHES = frozenset({1, 2, 3})  # MD5, SHA-1, RIPEMD-160


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature's type and hash algorithm, and the key IDs that it names as its issuer: 16 upper-case hex digits."""

    kind: int
    hash_algorithm: int
    issuers: frozenset[str]

    @property
    def is_weak(self) -> bool:
        """Whether someone else may have made it: its hash algorithm has known collisions."""
        return self.hash_algorithm in _WEAK_HASHES

    @property
    def hash_bits(self) -> int:
        """The length of its hash; 0 for an algorithm that is not known."""
        return _BITS_OF_HASHES.get(self.hash_algorithm, 0)


def signature_of(packet: Packet) -> Signature | None:
    """Read a signature packet; return None for a version or form that is not known."""
    body = packet.body
    if len(body) >= 17 and body[0] == 3:
        return Signature(body[2], body[16], frozenset({body[7:15].hex().upper()}))
    if len(body) < 8 or body[0] != 4:
        return None
    hashed_end = 6 + int.from_bytes(body[4:6])
    unhashed_end = hashed_end + 2 + int.from_bytes(body[hashed_end : hashed_end + 2])
    areas = body[6:hashed_end], body[hashed_end + 2 : unhashed_end]
    return Signature(body[1], body[3], frozenset(issuer for area in areas for issuer in _issuers(area)))


def _issuers(area: bytes) -> Iterator[str]:
    for kind, content in _subpackets(area):
        if kind == _ISSUER and len(content) == 8:
            yield content.hex().upper()
        if kind == _ISSUER_FINGERPRINT and content[:1] == b"\x04" and len(content) == 21:
            yield content[-8:].hex().upper()


def _subpackets(area: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(area):
        length, begin = _length(area, position)
        if length == 0 or begin + length > len(area):
            return
        yield area[begin] & 0x7F, area[begin + 1 : begin + length]
        position = begin + length


def _length(area: bytes, position: int) -> tuple[int, int]:
    first = area[position]
    if first < 192:
        return first, position + 1
    if first < 255:
        return ((first - 192) << 8) + int.from_bytes(area[position + 1 : position + 2]) + 192, position + 2
    return int.from_bytes(area[position + 1 : position + 5]), position + 5
