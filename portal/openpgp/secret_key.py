"""Reads how far a secret key packet holds a secret (RFC 9580, 5.5.3): GnuPG exports stubs without one, too.

https://git.gnupg.org/cgi-bin/gitweb.cgi?p=gnupg.git;a=blob;f=doc/DETAILS ("GNU extensions to the S2K algorithm")
"""

import re
from collections.abc import Iterator

from portal.openpgp.keymaterial import is_known_curve
from portal.openpgp.packets import Packet, PacketError, Tag, packet_at, packets

SECRET = frozenset({Tag.SECRET_KEY, Tag.SECRET_SUBKEY})
# How many numbers the public part of each algorithm has; those of elliptic curves begin with the curve's identifier.
_NUMBERS = {1: 2, 2: 2, 3: 2, 16: 3, 17: 4, 20: 3}
_ECDH = 18
_CURVES = frozenset({_ECDH, 19, 22})
_FIXED = {25: 32, 26: 56, 27: 32, 28: 57}
_FIXED_OCTETS = frozenset(bytes([number]) for number in _FIXED)
# What a key file is made of. Anything else, above all a packet without a length, is how other bytes happen to begin.
_OF_KEYS = frozenset({2, 5, 6, 7, 10, 12, 13, 14, 16, 17, 21})
_USAGES = frozenset({0, *range(1, 12), 253, 254, 255})
_GNU = 101
# What stands after a key packet: a signature, a user ID, a subkey or another key.
_FOLLOWERS = (2, 5, 6, 7, 13, 14, 17)
_OLD_HEADERS = frozenset(0x80 | (tag << 2) for tag in _FOLLOWERS if tag < 16)
_NEW_HEADERS = frozenset(0xC0 | tag for tag in _FOLLOWERS)
# A header of a secret key packet, its length, and the version.
_LIKE_A_HEADER = re.compile(rb"(?=[\x94-\x97\x9c-\x9f\xc5\xc7].{1,5}?[\x03-\x06])", re.DOTALL)


def is_secret(body: bytes) -> bool:
    """Return whether the body of a packet is a public key with anything after it: a secret, or a stub."""
    usage = _usage_at(body)
    return usage is not None and usage < len(body) and body[usage] in _USAGES


def is_stub(body: bytes) -> bool:
    """Return whether a secret key packet holds no secret, because it is offline or on a smartcard."""
    usage = _usage_at(body)
    if usage is None or usage + 3 > len(body):
        return False
    s2k = body[usage + 2 :]
    return body[usage] in (254, 255) and s2k[0] == _GNU and s2k[2:5] == b"GNU"


def secret_packets(data: bytes) -> Iterator[Packet]:
    """Return the secret key packets of binary data, also where what surrounds them is damaged."""
    try:
        found = list(packets(data, most=8_000))
    except PacketError:
        return _scattered(data)
    if any(packet.tag not in _OF_KEYS for packet in found):
        return _scattered(data)
    return (packet for packet in found if packet.tag in SECRET)


def _scattered(data: bytes) -> Iterator[Packet]:
    for match in _LIKE_A_HEADER.finditer(data):
        try:
            packet = packet_at(data, match.start())
        except PacketError:
            continue
        end = match.start() + len(packet.raw)
        if (
            packet.tag in SECRET
            and packet.body[5:6] not in _FIXED_OCTETS
            and is_secret(packet.body)
            and _may_follow(data, end)
        ):
            yield packet


def _may_follow(data: bytes, position: int) -> bool:
    return position == len(data) or data[position] & 0xFC in _OLD_HEADERS or data[position] in _NEW_HEADERS


def _usage_at(body: bytes) -> int | None:
    """Return where the public part of a key packet ends, or None where it is not one of version 4 to 6."""
    if len(body) < 12 or body[0] not in (4, 5, 6):
        return None
    algorithm, position = body[5], 6 if body[0] == 4 else 10
    if algorithm in _FIXED:
        return position + _FIXED[algorithm]
    if algorithm in _CURVES:
        return _curve_end(body, algorithm, position)
    end: int | None = position
    for _ in range(_NUMBERS.get(algorithm, 0)):
        end = _number_end(body, end) if end is not None else None
    return end if algorithm in _NUMBERS else None


def _curve_end(body: bytes, algorithm: int, position: int) -> int | None:
    begin = position + 1 + body[position]
    if not is_known_curve(body[position + 1 : begin]):
        return None
    end = _number_end(body, begin)
    return _after_parameters(body, end) if algorithm == _ECDH and end else end


def _number_end(body: bytes, position: int) -> int | None:
    bits = int.from_bytes(body[position : position + 2])
    end = position + 2 + (bits + 7) // 8
    # The first octet has no more bits than the number says.
    is_number = bits > 0 and end <= len(body) and body[position + 2].bit_length() == (bits - 1) % 8 + 1
    return end if is_number else None


def _after_parameters(body: bytes, position: int) -> int | None:
    # Of ECDH, how the key that encrypts the session key is derived: a length, and as many octets.
    end = position + 1 + body[position] if position < len(body) else len(body) + 1
    return end if end <= len(body) else None
