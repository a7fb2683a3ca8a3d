"""Certificates in an upload: one key in one or more copies, several keys, and what else comes in their armor."""

import pytest

from portal.messages.catalogue import explanation_of
from portal.openpgp.certificate_structure import read_structures
from portal.openpgp.packets import Tag, packets
from portal.openpgp.refusals import CertificateRefused
from portal.openpgp.uploaded_certificates import certificates_in
from tests.portal.openpgp.test_cases import CASES
from tests.portal.openpgp.workshop import ED25519, Workshop, binary


def refusal(blob: bytes) -> CertificateRefused:
    with pytest.raises(CertificateRefused) as refused:
        certificates_in(blob)
    return refused.value


def test_one_key_is_found_armored_and_binary(keypair: tuple[str, str, str]) -> None:
    expected = [tuple(packets(binary(keypair[1])))]
    assert certificates_in(keypair[1].encode()) == certificates_in(binary(keypair[1])) == expected


def test_two_copies_of_one_key_are_both_found() -> None:
    both = b"".join((CASES / f"rollback-{age}-copy.asc").read_bytes() for age in ("old", "new"))
    assert [len(copy.subkeys) for copy in read_structures(both)] == [1, 2]


def test_of_several_keys_each_is_listed_with_its_command(workshop: Workshop, keypair: tuple[str, str, str]) -> None:
    other = workshop.make(ED25519, name="Key Pair\u202e of before")
    for blob in (f"{workshop.public(other)}{keypair[1]}".encode(), binary(workshop.public(other)) + binary(keypair[1])):
        text = explanation_of(refusal(blob).message)
        assert f"“gpg --armor --export {keypair[0]}” (Key Pair <facilities@northwind.example>)" in text
        assert f"“gpg --armor --export {other}” (Key Pair\ufffd of before <facilities@northwind.example>)" in text


def test_a_file_that_was_written_twice_is_refused(keypair: tuple[str, str, str]) -> None:
    assert refusal(binary(keypair[1]) * 2).message.code == "openpgp.repeated"


def test_a_revocation_certificate_is_named(workshop: Workshop, keypair: tuple[str, str, str]) -> None:
    prepared = (workshop.home / "openpgp-revocs.d" / f"{keypair[0]}.rev").read_bytes()
    assert refusal(prepared).message.code == "openpgp.revocation_certificate"
    assert "revoked nothing" in explanation_of(refusal(prepared).message)
    assert refusal(prepared.replace(b":-----", b"-----")).message.code == "openpgp.revocation_certificate"


def test_a_signature_is_named(keypair: tuple[str, str, str]) -> None:
    signature = next(part.raw for part in packets(binary(keypair[1])) if part.tag == Tag.SIGNATURE)
    assert refusal(signature).message.params["found"].code == "openpgp.found_signature"


def test_a_keybox_is_named(workshop: Workshop, keypair: tuple[str, str, str]) -> None:
    assert refusal((workshop.home / "pubring.kbx").read_bytes()).message.code == "openpgp.keybox"
