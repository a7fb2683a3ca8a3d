from portal.openpgp.keymaterial import key_material
from portal.openpgp.own_packets import is_ignored, own_packets
from portal.openpgp.packets import Packet, Tag, packets
from tests.portal.openpgp.test_signatures import subpacket, version_4
from tests.portal.openpgp.workshop import Workshop, binary, packet

STRANGER = packet(Tag.SIGNATURE, version_4(subpacket(16, b"stranger")))
UNSIGNED = packet(Tag.SIGNATURE, version_4())


def own(data: bytes) -> bytes:
    found = tuple(packets(data))
    return b"".join(part.raw for part in own_packets(found, key_material(found[0])))


def parts(text: str) -> list[Packet]:
    return list(packets(binary(text)))


def test_a_certificate_of_its_owner_alone_stays_whole(keypair: tuple[str, str, str]) -> None:
    assert own(binary(keypair[1])) == binary(keypair[1])


def test_other_peoples_signatures_are_dropped_and_those_without_an_issuer_kept(keypair: tuple[str, str, str]) -> None:
    primary, name, certification, *rest = (part.raw for part in parts(keypair[1]))
    flooded = b"".join([primary, name, certification, STRANGER, UNSIGNED, STRANGER, *rest])
    assert own(flooded) == b"".join([primary, name, certification, UNSIGNED, *rest])


def test_a_revocation_by_the_key_itself_is_kept(workshop: Workshop) -> None:
    fingerprint = workshop.make("Key-Type: eddsa\nKey-Curve: ed25519\nKey-Usage: sign\n", name="own revocation")
    workshop.revoke(fingerprint)
    assert own(binary(workshop.public(fingerprint))) == binary(workshop.public(fingerprint))


def test_pictures_and_foreign_subkeys_are_dropped_with_their_signatures(keypair: tuple[str, str, str]) -> None:
    whole = binary(keypair[1])
    picture = packet(Tag.USER_ATTRIBUTE, b"jpeg") + UNSIGNED
    foreign = packet(Tag.PUBLIC_SUBKEY, b"\x06" + bytes(40)) + UNSIGNED
    assert own(whole + picture + foreign) == whole


def test_what_stands_between_packets_owns_no_signature(keypair: tuple[str, str, str]) -> None:
    primary, name, certification, *rest = (part.raw for part in parts(keypair[1]))
    assert own(b"".join([primary, name, packet(Tag.TRUST, b"\x01"), certification, *rest])) == binary(keypair[1])


def test_only_packets_that_a_reader_may_skip_are_ignored() -> None:
    assert [tag for tag in range(64) if is_ignored(tag)] == [10, 12, 16, 21, *range(40, 64)]
