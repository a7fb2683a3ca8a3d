"""A certificate is encrypted to once before it is accepted, as it will be stored, with both programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.openpgp.certificate_structure import only, read_structure
from portal.openpgp.homes import temporary_home
from portal.openpgp.refusals import CertificateRefused
from portal.openpgp.rehearsal import rehearse
from tests.portal.openpgp.test_cases import CASES
from tests.portal.openpgp.workshop import SIGN, Workshop, binary


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home() as folder:
        yield folder


def code_of(certificate: bytes, fingerprint: str, key_id: str, home: Path) -> str:
    with pytest.raises(CertificateRefused) as refused:
        rehearse(certificate, fingerprint, key_id, home=home, now=None)
    assert list(home.iterdir()) == []
    return refused.value.message.code


def test_a_good_certificate_passes_and_leaves_nothing(keypair: tuple[str, str, str], home: Path) -> None:
    structure = read_structure(keypair[1].encode())
    key_id = structure.subkeys[0].key_id
    rehearse(only(structure, key_id), keypair[0], key_id, home=home, now=None)
    assert list(home.iterdir()) == []


def test_another_subkey_than_expected_is_refused(keypair: tuple[str, str, str], home: Path) -> None:
    assert code_of(binary(keypair[1]), keypair[0], keypair[0][-16:], home) == "openpgp.no_encryption_key"


def test_signatures_of_sha_1_are_named_as_the_reason(home: Path) -> None:
    structure = read_structure((CASES / "sha1-selfsig.asc").read_bytes())
    key_id = structure.subkeys[0].key_id
    found = code_of(only(structure, key_id), structure.primary.fingerprint, key_id, home)
    assert found == "openpgp.weak_signatures"


def test_a_curve_that_sequoia_does_not_know_is_refused(workshop: Workshop, home: Path) -> None:
    brainpool = "Subkey-Type: ecdh\nSubkey-Curve: brainpoolP256r1\nSubkey-Usage: encrypt\n"
    fingerprint = workshop.make(f"{SIGN}{brainpool}", name="rehearsed brainpool")
    structure = read_structure(workshop.public(fingerprint).encode())
    key_id = structure.subkeys[0].key_id
    assert code_of(only(structure, key_id), fingerprint, key_id, home) == "openpgp.second_reader_refuses"
