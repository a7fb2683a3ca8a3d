"""Files as people have them, each with its right answer: the key that is encrypted to, or the code of the refusal."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.openpgp.certificates import Certificate, inspect
from portal.openpgp.refusals import CertificateRefused

CASES = Path(__file__).with_name("cases")
USUAL = "DAD630E03E624196"

RIGHT = {
    "sha1-selfsig.asc": "openpgp.weak_signatures",
    "revoked-copy-of-a-confirmed-key.asc": "openpgp.revoked",
    "rollback-new-copy.asc": "03483D894008F94F",
    "rollback-old-copy.asc": "7CCE9C0BC26EF71B",
    "v4-x25519-subkey-only.asc": "openpgp.subkey_not_supported",
    "v4-cv25519-plus-v5-subkey.pgp": USUAL,
    "v4-primary-only-v5-kyber-like-subkey.pgp": "openpgp.subkey_not_supported",
    "private-base64-of-armor.txt": "openpgp.private_key",
    "private-begin-line-lost.txt": "openpgp.private_key",
    "private-body-only.txt": "openpgp.private_key",
    "private-en-dashes.txt": "openpgp.private_key",
    "repair-4-dashes.txt": USUAL,
    "repair-6-dashes.txt": USUAL,
    "repair-en-dashes.txt": USUAL,
    "repair-quoted.txt": USUAL,
    "repair-header-with-a-dash.txt": USUAL,
    "repair-comment-wrapped-by-mail.txt": USUAL,
    "repair-body-and-checksum-on-one-line.txt": USUAL,
    "repair-lines-joined-by-spaces.txt": USUAL,
    "repair-spaces-inside-base64-lines.txt": USUAL,
    "repair-whole-key-on-one-line.txt": USUAL,
    "repair-double-pasted-same-key.txt": USUAL,
    "repair-one-char-wrong-in-body.txt": "openpgp.wrong_checksum",
    "repair-bad-crc-only.txt": "openpgp.wrong_checksum",
    "repair-two-different-keys.txt": "openpgp.several_keys",
    "repair-binary-doubled.pgp": "openpgp.repeated",
}


def verdict_on(name: str, *, known: str = "") -> Certificate | CertificateRefused:
    try:
        return inspect((CASES / name).read_bytes(), known=known)
    except CertificateRefused as refused:
        return refused


def test_every_file_has_its_right_answer() -> None:
    assert {path.name for path in CASES.iterdir()} - {"README.md"} == set(RIGHT)


@pytest.mark.parametrize("name", RIGHT)
def test_a_file_gets_its_right_answer(name: str) -> None:
    verdict = verdict_on(name)
    found = verdict.message.code if isinstance(verdict, CertificateRefused) else verdict.encryption_key_id
    assert found == RIGHT[name]


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [("v4-x25519-subkey-only.asc", "X25519"), ("v4-primary-only-v5-kyber-like-subkey.pgp", "Kyber, version 5")],
)
def test_an_algorithm_that_is_not_supported_is_named(name: str, algorithm: str) -> None:
    verdict = verdict_on(name)
    assert isinstance(verdict, CertificateRefused)
    assert verdict.message.params["algorithm"] == algorithm


def test_an_older_copy_does_not_bring_back_a_revoked_subkey() -> None:
    newer = verdict_on("rollback-new-copy.asc")
    assert isinstance(newer, Certificate)
    assert newer.revoked_key_ids == ("7CCE9C0BC26EF71B",)
    again = verdict_on("rollback-old-copy.asc", known=newer.full)
    assert isinstance(again, Certificate)
    assert replace(again, full=newer.full) == newer


def test_a_newer_copy_is_merged_with_the_older() -> None:
    older = verdict_on("rollback-old-copy.asc")
    assert isinstance(older, Certificate)
    newer = verdict_on("rollback-new-copy.asc", known=older.full)
    assert isinstance(newer, Certificate)
    assert (newer.encryption_key_id, newer.revoked_key_ids) == ("03483D894008F94F", ("7CCE9C0BC26EF71B",))
