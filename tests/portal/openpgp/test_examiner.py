"""The examination of a certificate, in this process; test_certificates.py has the child with its limits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pysequoia
import pytest

from portal.openpgp.examiner import examine
from portal.openpgp.homes import temporary_home
from portal.openpgp.packets import Tag, packets
from portal.openpgp.refusals import CertificateRefused
from tests.portal.openpgp.corpus import RSA
from tests.portal.openpgp.workshop import ED25519, SIGN, Workshop, binary

LONG_AGO = "20240101T000000"


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home() as folder:
        yield folder


def made(workshop: Workshop, parameters: str, name: str, **more: Any) -> tuple[str, bytes]:
    fingerprint = workshop.make(parameters, name=f"examined {name}", **more)
    return fingerprint, binary(workshop.public(fingerprint))


def with_subkey(workshop: Workshop, fingerprint: str, expires: str) -> bytes:
    at = "--faked-system-time=20240201T000000!"
    workshop.gpg(at, "--quick-add-key", fingerprint, "cv25519", "encr", expires)
    return binary(workshop.public(fingerprint))


def codes(found: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in found["warnings"]]


def refusal(blob: bytes, home: Path, now: datetime | None = None) -> str:
    with pytest.raises(CertificateRefused) as refused:
        examine(blob, home, now)
    return refused.value.message.code


def test_the_fields_are_those_of_the_certificate(keypair: tuple[str, str, str], home: Path) -> None:
    fingerprint, armored, _ = keypair
    found = examine(armored.encode(), home, None)
    subkey = [packet for packet in packets(binary(armored)) if packet.tag == Tag.PUBLIC_SUBKEY]
    assert (found["fingerprint"], found["algorithm"]) == (fingerprint, "Ed25519 / Cv25519")
    assert tuple(found["user_ids"]) == ("Key Pair <facilities@northwind.example>",)
    assert (found["expires_at"], codes(found), len(subkey)) == (None, [], 1)
    assert datetime.now(UTC) - datetime.fromisoformat(found["created_at"]) < timedelta(hours=1)
    assert pysequoia.Cert.from_bytes(found["armored"].encode()).fingerprint.upper() == fingerprint


@pytest.mark.parametrize(
    ("parameters", "algorithm", "warnings"),
    [
        (RSA.format(2048), "RSA 2048", ["openpgp.short_rsa"]),
        (f"{SIGN}Subkey-Type: rsa\nSubkey-Length: 2048\nSubkey-Usage: encrypt\n", None, ["openpgp.short_rsa"]),
    ],
)
def test_a_weaker_algorithm_is_accepted_with_a_warning(
    workshop: Workshop, home: Path, parameters: str, algorithm: str | None, warnings: list[str]
) -> None:
    _, blob = made(workshop, parameters, f"{algorithm}")
    found = examine(blob, home, None)
    assert (found["algorithm"], codes(found)) == (algorithm or "Ed25519 / RSA 2048", warnings)


def test_an_expiry_is_reported_warned_of_and_then_refused(workshop: Workshop, home: Path) -> None:
    _, blob = made(workshop, f"{ED25519}Expire-Date: 90d\n", "expires", time=LONG_AGO)
    begins = datetime(2024, 1, 1, tzinfo=UTC)
    early = examine(blob, home, begins + timedelta(days=10))
    assert (codes(early), early["expires_at"]) == ([], (begins + timedelta(days=90)).isoformat())
    with temporary_home() as other:
        late = examine(blob, other, begins + timedelta(days=80))
    assert codes(late) == ["openpgp.expires_soon"]
    with temporary_home() as other:
        assert refusal(blob, other, begins + timedelta(days=91)) == "openpgp.both_expired"


def test_of_two_encryption_subkeys_only_the_newer_is_kept(workshop: Workshop, home: Path) -> None:
    fingerprint, _ = made(workshop, ED25519, "two subkeys", time=LONG_AGO)
    found = examine(with_subkey(workshop, fingerprint, "0"), home, None)
    older, newer = workshop.subkeys(fingerprint)
    assert found["encryption_key_id"] == newer != older
    tags = [packet.tag for packet in packets(binary(found["armored"]))]
    assert tags.count(Tag.PUBLIC_SUBKEY) == 1


def test_the_only_encryption_subkey_has_expired(workshop: Workshop, home: Path) -> None:
    fingerprint, _ = made(workshop, SIGN, "subkey expired", time=LONG_AGO)
    assert refusal(with_subkey(workshop, fingerprint, "30d"), home) == "openpgp.subkey_expired"


def test_a_key_that_can_only_sign_is_refused(workshop: Workshop, home: Path) -> None:
    assert refusal(made(workshop, SIGN, "signs")[1], home) == "openpgp.no_encryption_key"


def test_a_weak_encryption_subkey_is_refused(workshop: Workshop, home: Path) -> None:
    weak = f"{SIGN}Subkey-Type: rsa\nSubkey-Length: 1024\nSubkey-Usage: encrypt\n"
    assert refusal(made(workshop, weak, "weak")[1], home) == "openpgp.subkey_too_weak"


def test_a_revoked_key_is_refused(workshop: Workshop, home: Path) -> None:
    fingerprint, _ = made(workshop, ED25519, "revoked")
    workshop.revoke(fingerprint)
    assert refusal(binary(workshop.public(fingerprint)), home) == "openpgp.revoked"


def test_without_a_user_id_or_its_signature_a_certificate_is_refused(keypair: tuple[str, str, str], home: Path) -> None:
    first, user_id, certification, *rest = packets(binary(keypair[1]))
    assert refusal(b"".join(packet.raw for packet in (first, *rest)), home) == "openpgp.no_user_id"
    broken = bytearray(certification.raw)
    broken[-10] ^= 0xFF
    whole = first.raw + user_id.raw + bytes(broken) + b"".join(packet.raw for packet in rest)
    with temporary_home() as other:
        assert refusal(whole, other) == "openpgp.unreadable"
