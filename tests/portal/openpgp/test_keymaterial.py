"""What a key says of itself, read from packets written by hand."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.openpgp.keymaterial import KeyMaterial, key_material
from portal.openpgp.packets import Packet, PacketError, Tag


def read(body: bytes) -> KeyMaterial:
    return key_material(Packet(Tag.PUBLIC_KEY, body, b""))


def version_4(algorithm: int, material: bytes, created: int = 1) -> KeyMaterial:
    return read(b"\x04" + created.to_bytes(4) + bytes([algorithm]) + material)


def curve(algorithm: int, oid: str) -> KeyMaterial:
    identifier = bytes.fromhex(oid)
    return version_4(algorithm, bytes([len(identifier)]) + identifier + bytes(34))


@pytest.mark.parametrize(
    ("algorithm", "oid", "name", "is_common", "is_brainpool"),
    [
        (22, "2b06010401da470f01", "Ed25519", True, False),
        (18, "2b060104019755010501", "Cv25519", True, False),
        (19, "2a8648ce3d030107", "NIST P-256", True, False),
        (18, "2b2403030208010107", "Brainpool P256r1", True, True),
        (19, "2b8104000a", "secp256k1", False, False),
        (19, "2b81040021", "an unusual curve", False, False),
        (19, "", "an unusual curve", False, False),
    ],
)
def test_a_curve_is_known_by_its_identifier(
    algorithm: int, oid: str, name: str, is_common: bool, is_brainpool: bool
) -> None:
    key = curve(algorithm, oid)
    assert (key.name, key.bits) == (name, 0)
    assert (key.is_common_curve, key.is_brainpool) == (is_common, is_brainpool)
    assert not any((key.is_rsa, key.is_discrete_log))


@pytest.mark.parametrize(
    ("algorithm", "name", "is_rsa", "is_discrete_log"),
    [
        (1, "RSA 3072", True, False),
        (3, "RSA 3072", True, False),
        (16, "ElGamal 3072", False, True),
        (17, "DSA 3072", False, True),
        (25, "X25519", False, False),
        (99, "algorithm 99", False, False),
    ],
)
def test_the_algorithm_says_the_name_and_the_size(
    algorithm: int, name: str, is_rsa: bool, is_discrete_log: bool
) -> None:
    key = version_4(algorithm, (3072).to_bytes(2) + bytes(384))
    assert (key.name, key.is_rsa, key.is_discrete_log) == (name, is_rsa, is_discrete_log)
    assert key.bits == (3072 if is_rsa or is_discrete_log else 0)
    assert not key.is_common_curve


def test_a_curve_of_a_new_algorithm_is_no_common_one() -> None:
    assert not curve(27, "2b06010401da470f01").is_common_curve


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=2, max_size=80), st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_the_fingerprint_is_that_of_the_standard_and_ends_with_the_key_id(
    material: bytes, created: int, algorithm: int
) -> None:
    key = version_4(algorithm, material, created)
    body = b"\x04" + created.to_bytes(4) + bytes([algorithm]) + material
    assert key.fingerprint == hashlib.sha1(b"\x99" + len(body).to_bytes(2) + body).hexdigest().upper()  # noqa: S324  (RFC 9580, 5.5.4.2)
    assert key.fingerprint.endswith(key.key_id)
    assert (len(key.key_id), key.created) == (16, created)


@pytest.mark.parametrize("version", [0, 2, 3, 5, 6, 255])
def test_another_version_has_nothing_but_its_number(version: int) -> None:
    key = read(bytes([version]) + bytes(40))
    assert (key.version, key.name, key.fingerprint) == (version, f"version {version}", "")
    assert not any((key.is_rsa, key.is_discrete_log, key.is_common_curve))


@pytest.mark.parametrize("length", range(8))
def test_a_key_that_is_cut_short_is_an_error_of_its_packet(length: int) -> None:
    with pytest.raises(PacketError):
        read((b"\x04" + bytes(10))[:length])
