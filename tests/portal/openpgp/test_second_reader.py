"""Sequoia as the second reader: what it reads, merges and encrypts to."""

import pysequoia
import pytest

from portal.openpgp.certificate_structure import CertificateStructure, only, read_structure
from portal.openpgp.certificates import inspect
from portal.openpgp.packets import Tag, packets
from portal.openpgp.refusals import CertificateRefused
from portal.openpgp.second_reader import encrypts_to, is_revoked, merged
from tests.portal.openpgp.workshop import ED25519, SIGN, Workshop, binary


def reduced(structure: CertificateStructure) -> tuple[bytes, str]:
    key_id = structure.subkeys[-1].key_id
    return only(structure, key_id), key_id


def test_a_key_is_encrypted_to_by_its_one_subkey(keypair: tuple[str, str, str]) -> None:
    certificate, key_id = reduced(read_structure(keypair[1].encode()))
    assert encrypts_to(certificate, key_id)
    assert not encrypts_to(certificate, keypair[0][-16:])


def test_a_primary_key_that_can_encrypt_too_is_no_obstacle(workshop: Workshop) -> None:
    both = "Key-Type: rsa\nKey-Length: 2048\nKey-Usage: sign,encrypt\nSubkey-Type: ecdh\nSubkey-Curve: cv25519\n"
    fingerprint = workshop.make(f"{both}Subkey-Usage: encrypt\n", name="primary encrypts too")
    certificate, key_id = reduced(read_structure(workshop.public(fingerprint).encode()))
    assert encrypts_to(certificate, key_id)
    assert inspect(certificate).encryption_key_id == key_id


def test_a_recipient_that_is_named_by_its_whole_fingerprint_is_recognised() -> None:
    # Sequoia's own keys say that their owner reads messages of RFC 9580.
    made = str(pysequoia.Tsk.generate("Ada <ada@northwind.example>").extract_certificate())
    assert encrypts_to(*reduced(read_structure(made.encode())))


@pytest.mark.parametrize("parameters", [SIGN, "Key-Type: dsa\nKey-Length: 1024\n"], ids=["signs", "weak"])
def test_what_sequoia_does_not_encrypt_to_is_reported(workshop: Workshop, parameters: str) -> None:
    public = binary(workshop.public(workshop.make(parameters, name=f"sequoia refuses {parameters[10:13]}")))
    assert not encrypts_to(public, "0" * 16)


def test_a_revocation_is_found_only_if_it_is_genuine(workshop: Workshop) -> None:
    fingerprint = workshop.make(ED25519, name="revoked for sequoia")
    before = read_structure(workshop.public(fingerprint).encode())
    workshop.revoke(fingerprint)
    after = read_structure(workshop.public(fingerprint).encode())
    assert (is_revoked(before), is_revoked(after)) == (False, True)
    primary, revocation, *rest = (packet.raw for packet in after.packets)
    forged = bytearray(revocation)
    forged[-5] ^= 0xFF
    assert not is_revoked(read_structure(primary + bytes(forged) + b"".join(rest)))
    assert is_revoked(read_structure(merged(before.binary, primary + revocation)))


def test_two_copies_have_the_parts_of_both(workshop: Workshop) -> None:
    fingerprint = workshop.make(SIGN, name="two copies")
    before = binary(workshop.public(fingerprint))
    workshop.gpg("--quick-add-key", fingerprint, "cv25519", "encr")
    after = binary(workshop.public(fingerprint))
    for both in (merged(before, after), merged(after, before)):
        assert [packet.tag for packet in packets(both)].count(Tag.PUBLIC_SUBKEY) == 1


def test_what_sequoia_cannot_read_is_refused(keypair: tuple[str, str, str], workshop: Workshop) -> None:
    whole = binary(keypair[1])
    with pytest.raises(CertificateRefused, match="unreadable"):
        merged(whole, b"\xff" + whole)
    with pytest.raises(CertificateRefused, match="unreadable"):
        merged(whole, binary(workshop.public(workshop.make(SIGN, name="another key"))))
