"""Secret key packets: those with a secret, stubs of smartcards, and those inside of damaged data."""

import pytest

from portal.openpgp.packets import Tag, packets
from portal.openpgp.secret_key import is_secret, is_stub, secret_packets
from tests.portal.openpgp.corpus import NIST, RSA
from tests.portal.openpgp.workshop import ED25519, Workshop, binary, packet

OFFLINE = b"\xff\x00\x65\x00GNU\x01"
ON_A_CARD = b"\xff\x00\x65\x00GNU\x02\x10" + bytes(16)
KINDS = {
    "ed25519": ED25519,
    "nistp256": NIST.format("nistp256"),
    "rsa2048": RSA.format(2048),
    "dsa": "Key-Type: dsa\nKey-Length: 1024\nSubkey-Type: ELG\nSubkey-Length: 1024\n",
}


def stub_of(public: str, ending: bytes) -> bytes:
    """A certificate as GnuPG exports it when its secret is elsewhere."""
    tags = {Tag.PUBLIC_KEY: Tag.SECRET_KEY, Tag.PUBLIC_SUBKEY: Tag.SECRET_SUBKEY}
    return b"".join(
        packet(tags[part.tag], part.body + ending) if part.tag in tags else part.raw for part in packets(binary(public))
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_public_part_ends_where_the_secret_begins(workshop: Workshop, kind: str) -> None:
    fingerprint = workshop.make(KINDS[kind], name=f"secret {kind}")
    public = [part.body for part in packets(binary(workshop.public(fingerprint))) if part.tag in (6, 14)]
    secret = [part.body for part in packets(binary(workshop.private(fingerprint))) if part.tag in (5, 7)]
    assert [is_secret(body) for body in public] == [False, False]
    assert [is_secret(body) for body in secret] == [True, True]
    assert not any(map(is_stub, [*public, *secret]))
    assert all(is_stub(body + ending) for body in public for ending in (OFFLINE, ON_A_CARD))


@pytest.mark.parametrize(
    "body", [b"", b"\x04", b"\x04" * 40, b"\x05" + bytes(7), b"\x03" + bytes(40), b"\x04" + bytes(4) + b"\x16\xff"]
)
def test_what_is_no_key_is_neither(body: bytes) -> None:
    assert not is_secret(body)
    assert not is_stub(body)


def test_a_private_key_has_as_many_secret_packets_as_keys(keypair: tuple[str, str, str]) -> None:
    assert [part.tag for part in secret_packets(binary(keypair[2]))] == [Tag.SECRET_KEY, Tag.SECRET_SUBKEY]
    assert list(secret_packets(binary(keypair[1]))) == []


@pytest.mark.parametrize("before", [b"\x00", b"\xff" * 9, b"\x98\x33\x04cut", b"\xa3\x01", b"\xaf", b"\xbf"])
@pytest.mark.parametrize("after", [b"", b"\x00\x00"])
def test_secrets_are_found_inside_of_damaged_data(keypair: tuple[str, str, str], before: bytes, after: bytes) -> None:
    assert list(secret_packets(before + binary(keypair[2]) + after))
    assert not list(secret_packets(before + binary(keypair[1]) + after))
