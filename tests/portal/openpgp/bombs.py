"""Uploads that are small and cost much to read, each with the refusal that it must get."""

import bz2
import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable

from portal.openpgp.packets import packets
from tests.portal.openpgp.workshop import compressed, packet

Bomb = Callable[[bytes], bytes]  # of a good certificate
KIB_500 = 500 * 1024


def _zlib(data: bytes) -> bytes:
    return packet(8, b"\x02" + zlib.compress(data, 9))


def _bzip2(data: bytes) -> bytes:
    return packet(8, b"\x03" + bz2.compress(data))


def _parts(good: bytes) -> list[bytes]:
    return [part.raw for part in packets(good)]


def _many_user_ids(good: bytes) -> bytes:
    key, _, signature, *_ = _parts(good)
    return compressed(key + b"".join(packet(13, str(number).encode()) + signature for number in range(100_000)))


def _forged_signatures(good: bytes) -> bytes:
    key, user_id, *_ = _parts(good)
    body = list(packets(good))[2].body
    tails = (hashlib.sha256(number.to_bytes(4)).digest() for number in range(480))
    return key + user_id + b"".join(packet(2, body[:-32] + tail) for tail in tails)


def _rsa(bits: int, exponent_bits: int) -> Bomb:
    def made(good: bytes) -> bytes:
        numbers = b"".join(size.to_bytes(2) + b"\xff" * (size // 8) for size in (bits, exponent_bits))
        return packet(6, b"\x04" + bytes(4) + b"\x01" + numbers) + b"".join(_parts(good)[1:])

    return made


def _partial_lengths(good: bytes) -> bytes:
    """A user ID in pieces of one octet, of which each has a header: 224 is a partial length of 2 to the power of 0."""
    return _parts(good)[0] + bytes([0xC0 | 13]) + b"\xe0A" * 200_000 + b"\x00"


def _subpackets(good: bytes) -> bytes:
    key, user_id, *_ = _parts(good)
    area = b"\x02\x63\x00" * 21_000
    body = b"\x04\x13\x16\x08" + len(area).to_bytes(2) + area + bytes(8)
    return key + user_id + packet(2, body) * 7


def _armored(good: bytes, before: str = "", between: str = "") -> bytes:
    body = b64encode(good).decode()
    block = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{body}\n{between}-----END PGP PUBLIC KEY BLOCK-----\n"
    return (before + block).encode()


def _wrapped_in_base64(good: bytes) -> bytes:
    data = good
    while len(data) < KIB_500 // 2:
        data = b64encode(data)
    return data


# Of each a code, or none where it must be read: what is cheap to ignore is no reason to refuse a key.
BOMBS: dict[str, tuple[Bomb, str]] = {
    "zip-of-one-key-repeated": (lambda good: compressed(good * 5_000), "compressed"),
    "zlib-of-one-key-repeated": (lambda good: _zlib(good * 5_000), "compressed"),
    "bzip2-of-one-key-repeated": (lambda good: _bzip2(good * 5_000), "compressed"),
    "zip-of-zeros-in-zip-in-zip": (lambda good: compressed(compressed(compressed(bytes(50_000_000)))), "compressed"),
    "bzip2-of-zeros": (lambda good: _bzip2(bytes(100_000_000)), "compressed"),
    "zip-of-many-user-ids": (_many_user_ids, "compressed"),
    "zip-behind-a-good-key": (lambda good: good + compressed(good * 5_000), "compressed"),
    "zip-in-armor": (lambda good: _armored(compressed(good * 5_000)), "compressed"),
    "forged-signatures": (_forged_signatures, "too_complex"),
    "user-ids": (
        lambda good: _parts(good)[0] + b"".join(packet(13, str(n).encode()) + _parts(good)[2] for n in range(2_000)),
        "too_complex",
    ),
    "subkeys": (lambda good: good + b"".join(_parts(good)[3:]) * 300, "too_complex"),
    "empty-packets": (lambda good: good + packet(13, b"") * 60_000, "unreadable"),
    "packets-to-ignore": (lambda good: good + packet(60, b"") * 60_000, "unreadable"),
    "a-length-of-four-gigabytes": (lambda good: b"\xc6\xff\xff\xff\xff\xff" + good, "unreadable"),
    "pieces-of-one-octet": (_partial_lengths, "unreadable"),
    "signature-of-subpackets": (_subpackets, "unreadable"),
    "rsa-65528": (_rsa(65_528, 24), "unreadable"),
    "rsa-with-a-huge-exponent": (_rsa(16_384, 65_528), "unreadable"),
    "a-user-id-of-400-kib": (lambda good: good + packet(13, b"A" * 400 * 1024), ""),
    "a-picture-of-400-kib": (lambda good: good + packet(17, b"\xff" + bytes(400 * 1024)), ""),
    "dashes": (lambda good: b"-" * KIB_500, "unreadable"),
    "begin-lines": (lambda good: b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n" * 13_000, "unreadable"),
    "blank-lines-before": (lambda good: _armored(good, before="\n" * 400_000), ""),
    "blank-lines-inside": (lambda good: _armored(good, between="\n" * 400_000), ""),
    "dashes-and-spaces": (lambda good: b"- " * 250_000, "unreadable"),
    "labels": (lambda good: b"BEGIN PRIVATE  " * 34_000, "unreadable"),
    "quote-marks": (lambda good: (b"> " * 200 + b"\n") * 1_200, "unreadable"),
    "percent-signs": (lambda good: b"%2d" * 170_000, "unreadable"),
    "entities": (lambda good: b"&#45;" * 100_000, "unreadable"),
    "backslashes": (lambda good: b"\\" * KIB_500, "unreadable"),
    "quoted-printable": (lambda good: b"=2D" * 170_000, "unreadable"),
    "base64-of-base64": (_wrapped_in_base64, "unreadable"),
    "hexadecimal-of-zeros": (lambda good: b"00" * (KIB_500 // 2), "unreadable"),
    "spaces": (lambda good: b" " * KIB_500 + b"x", "unreadable"),
    "fingerprints": (lambda good: b"0123 4567 89AB CDEF " * 25_000, "unreadable"),
    "at-signs": (lambda good: b"@" * KIB_500, "unreadable"),
    "one-address": (lambda good: b"a" * (KIB_500 // 2) + b"@" + b"b" * (KIB_500 // 2), "unreadable"),
    # No request has more: portal/body_limit.py.
    "two-mebibytes": (lambda good: bytes(2 * 1024 * 1024), "too_large"),
    "two-mebibytes-of-lines": (lambda good: b"A\n" * 1024 * 1024, "too_large"),
}
