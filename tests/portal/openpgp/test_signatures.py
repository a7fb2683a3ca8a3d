import pytest

from portal.openpgp.packets import Packet, Tag, packets
from portal.openpgp.signatures import KEY_REVOCATION, signature_of
from tests.portal.openpgp.workshop import Workshop, binary

ISSUER = bytes(range(1, 9))
KEY_ID = ISSUER.hex().upper()


def read(body: bytes):
    return signature_of(Packet(Tag.SIGNATURE, body, b""))


def version_4(hashed: bytes = b"", unhashed: bytes = b"", *, kind: int = 0x13, algorithm: int = 8) -> bytes:
    areas = len(hashed).to_bytes(2) + hashed + len(unhashed).to_bytes(2) + unhashed
    return bytes([4, kind, 22, algorithm]) + areas


def subpacket(kind: int, content: bytes) -> bytes:
    return bytes([len(content) + 1, kind]) + content


@pytest.mark.parametrize(
    "areas",
    [
        (subpacket(16, ISSUER), b""),
        (b"", subpacket(16, ISSUER)),
        (subpacket(2, bytes(4)) + subpacket(33, b"\x04" + bytes(12) + ISSUER), b""),
        (subpacket(0x80 | 16, ISSUER), b""),
        (b"\xff" + (9).to_bytes(4) + b"\x10" + ISSUER, b""),
        (b"\xc0\x00" + bytes([100]) + bytes(191) + subpacket(16, ISSUER), b""),
    ],
    ids=["hashed", "unhashed", "fingerprint", "critical", "five-octet-length", "after-a-long-one"],
)
def test_the_issuer_is_read_wherever_it_stands(areas: tuple[bytes, bytes]) -> None:
    assert read(version_4(*areas)).issuers == {KEY_ID}


@pytest.mark.parametrize(
    "hashed",
    [b"", b"\x00", b"\x20\x10short", subpacket(16, b"short"), subpacket(33, b"\x06" + bytes(32))],
    ids=["none", "empty", "cut", "wrong-length", "another-version"],
)
def test_a_signature_without_a_readable_issuer_has_none(hashed: bytes) -> None:
    assert read(version_4(hashed)).issuers == frozenset()


@pytest.mark.parametrize("body", [b"", b"x", b"\x04short", b"\x06" + bytes(40), b"\x03" + bytes(10)])
def test_what_is_cut_or_of_another_version_is_not_read(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize(("algorithm", "is_weak"), [(1, True), (2, True), (3, True), (8, False), (10, False)])
def test_a_broken_hash_algorithm_is_weak(algorithm: int, is_weak: bool) -> None:
    assert read(version_4(algorithm=algorithm)).is_weak is is_weak
    assert read(bytes([3, 5, 0x13]) + bytes(4) + ISSUER + bytes([1, algorithm])).is_weak is is_weak


def test_the_signatures_of_gnupg_name_their_key(workshop: Workshop, keypair: tuple[str, str, str]) -> None:
    found = [signature_of(part) for part in packets(binary(keypair[1])) if part.tag == Tag.SIGNATURE]
    assert [signature.kind for signature in found] == [0x13, 0x18]
    assert all(signature.issuers == {keypair[0][-16:]} for signature in found)


def test_a_revocation_is_known_by_its_type() -> None:
    assert read(version_4(kind=KEY_REVOCATION)).kind == 0x20
