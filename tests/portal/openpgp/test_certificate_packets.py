"""The first check of a certificate, with packets written by hand: what is refused, why, and what `only` keeps."""

from itertools import pairwise

import pysequoia
import pytest

from portal.openpgp.certificate_structure import check_algorithm, only, read_structure
from portal.openpgp.keymaterial import KeyMaterial
from portal.openpgp.packets import Tag, packets
from portal.openpgp.refusals import CertificateRefused
from tests.portal.openpgp.workshop import packet

ED25519_OID, CV25519_OID = bytes.fromhex("2b06010401da470f01"), bytes.fromhex("2b060104019755010501")
SECP256K1_OID = bytes.fromhex("2b8104000a")


def body(algorithm: int, material: bytes, created: int = 1) -> bytes:
    return b"\x04" + created.to_bytes(4) + bytes([algorithm]) + material


def curve(algorithm: int, oid: bytes, created: int = 1) -> bytes:
    return body(algorithm, bytes([len(oid)]) + oid + bytes(34), created)


PRIMARY = packet(Tag.PUBLIC_KEY, curve(22, ED25519_OID))
SUBKEY, OTHER_SUBKEY = (packet(Tag.PUBLIC_SUBKEY, curve(18, CV25519_OID, created)) for created in (2, 3))
NAME, PICTURE = packet(Tag.USER_ID, b"Ada"), packet(Tag.USER_ATTRIBUTE, b"jpeg")


def signature(of: str) -> bytes:
    return packet(Tag.SIGNATURE, of.encode())


CERTIFICATE = PRIMARY + NAME + signature("name") + SUBKEY + signature("subkey")


def refusal(blob: bytes) -> str:
    with pytest.raises(CertificateRefused) as refused:
        read_structure(blob)
    return refused.value.message.code.removeprefix("openpgp.")


def found_instead(blob: str) -> object:
    with pytest.raises(CertificateRefused) as refused:
        read_structure(blob.encode())
    found = refused.value.message.params.get("found")
    return getattr(found, "code", refused.value.message.code).removeprefix("openpgp.")


def test_a_certificate_reads_back_whole() -> None:
    found = read_structure(CERTIFICATE)
    assert found.binary == CERTIFICATE
    assert [key.name for key in found.keys.values()] == ["Ed25519", "Cv25519"]
    assert found.primary.key_id in found.keys


def test_a_subkey_of_another_version_is_no_key_to_choose() -> None:
    found = read_structure(CERTIFICATE + packet(Tag.PUBLIC_SUBKEY, b"\x06" + bytes(40)))
    assert len(found.keys) == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (packet(Tag.SECRET_KEY, b"x"), "private_key"),
        (packet(Tag.SECRET_SUBKEY, b"x"), "private_key"),
        (packet(Tag.COMPRESSED, b"x"), "compressed"),
        (packet(Tag.PKESK, b"x"), "not_a_public_key"),
        (packet(Tag.SEIPD, b"x"), "not_a_public_key"),
        (packet(Tag.AEAD, b"x"), "not_a_public_key"),
        (packet(11, b"literal data"), "unreadable"),
        (packet(Tag.PUBLIC_KEY, curve(22, ED25519_OID, 9)), "several_keys"),
        (CERTIFICATE, "repeated"),
        (packet(Tag.PUBLIC_KEY, b"short"), "unreadable"),
        (packet(Tag.PUBLIC_SUBKEY, b"\x04short"), "unreadable"),
        (NAME * 64, "too_complex"),
        (SUBKEY * 64, "too_complex"),
        (signature("x") * 299, "too_complex"),
    ],
)
def test_a_packet_that_must_not_reach_gnupg_is_refused(more: bytes, code: str) -> None:
    assert refusal(CERTIFICATE + more) == code


@pytest.mark.parametrize("most", [NAME * 63, SUBKEY * 63, signature("x") * 298])
def test_the_most_that_is_allowed_is_allowed(most: bytes) -> None:
    assert read_structure(CERTIFICATE + most).binary.endswith(most)


@pytest.mark.parametrize(
    "more",
    [
        packet(Tag.MARKER, b"PGP") + packet(Tag.TRUST, b"\x01"),
        packet(Tag.PADDING, bytes(9)) + packet(61, b"private use"),
        PICTURE * 65 + signature("picture"),
        packet(Tag.PUBLIC_SUBKEY, b"\x05" + bytes(40)) + signature("another version's"),
    ],
    ids=["marker-and-trust", "padding", "pictures", "another-version"],
)
def test_what_is_of_no_use_is_dropped(more: bytes) -> None:
    assert read_structure(CERTIFICATE + more).binary == CERTIFICATE


@pytest.mark.parametrize("blob", [b"\xff", NAME + PRIMARY, CERTIFICATE[:-3], b"\xc6\xff\xff\xff\xff\xff"])
def test_what_does_not_begin_or_end_as_a_certificate_is_unreadable(blob: bytes) -> None:
    assert refusal(blob) == "unreadable"


@pytest.mark.parametrize(
    ("material", "code"),
    [
        (b"\x03" + bytes(40), "version_not_supported"),
        (b"\x06" + bytes(40), "version_not_supported"),
        (body(1, (1024).to_bytes(2) + bytes(128)), "rsa_too_short"),
        (body(17, (2048).to_bytes(2) + bytes(256)), "algorithm_too_weak"),
        (curve(19, SECP256K1_OID), "algorithm_not_supported"),
        (body(27, bytes(32)), "algorithm_not_supported"),
    ],
)
def test_a_primary_key_that_cannot_serve_is_refused(material: bytes, code: str) -> None:
    assert refusal(packet(Tag.PUBLIC_KEY, material) + NAME) == code


@pytest.mark.parametrize(("bits", "is_fine"), [(2047, False), (2048, True), (4096, True)])
def test_rsa_counts_from_2048_bits(bits: int, is_fine: bool) -> None:
    key = KeyMaterial(4, 1, f"RSA {bits}", bits, 0, "")
    if is_fine:
        check_algorithm(key)
        return
    with pytest.raises(CertificateRefused, match="rsa_too_short"):
        check_algorithm(key)


def test_only_the_chosen_subkey_stays_with_its_signatures() -> None:
    whole = CERTIFICATE + OTHER_SUBKEY + signature("other") + PICTURE + signature("picture")
    found = read_structure(whole)
    _, first, second = found.keys
    assert only(found, first) == CERTIFICATE
    assert only(found, second) == PRIMARY + NAME + signature("name") + OTHER_SUBKEY + signature("other")


def test_what_is_kept_keeps_its_order() -> None:
    found = read_structure(CERTIFICATE + OTHER_SUBKEY + signature("other"))
    kept = [part.raw for part in packets(only(found, found.primary.key_id))]
    places = [CERTIFICATE.index(raw) for raw in kept]
    assert all(before < after for before, after in pairwise(places))
    assert kept == [PRIMARY, NAME, signature("name")]


def armored(kind: str) -> str:
    return f"-----BEGIN PGP {kind}-----\n\nAAAA\n-----END PGP {kind}-----\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("words", "unreadable"),
        (armored("MESSAGE"), "found_message"),
        (armored("SIGNATURE"), "found_signature"),
        (armored("ARMORED FILE"), "found_other"),
        (f"-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n{armored('SIGNATURE')}", "found_signed_message"),
        ("ssh-ed25519 AAAA", "found_ssh"),
        ("ecdsa-sha2-nistp256 AAAA", "found_ssh"),
        ("---- BEGIN SSH2 PUBLIC KEY ----", "found_ssh"),
        ("-----BEGIN CERTIFICATE-----\nMIIB", "found_x509"),
        ("-----BEGIN PUBLIC KEY-----\nMIIB", "found_pem"),
        ("-----BEGIN RSA PUBLIC KEY-----\nMIIB", "found_pem"),
        (f"age1{'q' * 58}", "found_age"),
        (armored("PUBLIC KEY BLOCK").replace("AAAA", "A*AA"), "unreadable"),
    ],
)
def test_what_was_uploaded_in_its_place_is_named(text: str, code: str) -> None:
    assert found_instead(text) == code


def test_a_certificate_below_a_line_that_begins_with_an_accent_is_read() -> None:
    text = pysequoia.armor(CERTIFICATE, pysequoia.ArmorKind.PublicKey)
    assert read_structure(f"Élodie’s key:\n{text}".encode()) == read_structure(CERTIFICATE)


def test_a_letter_that_is_not_base64_makes_a_certificate_unreadable() -> None:
    text = pysequoia.armor(CERTIFICATE, pysequoia.ArmorKind.PublicKey)
    assert refusal(text.replace("\n\n", "\n\né", 1).encode()) == "unreadable"
