"""Certificates and blobs that other programs created, each with its verdict and its message: make_foreign_cases.py."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.messages.catalogue import text_of
from portal.openpgp.certificates import inspect
from portal.openpgp.refusals import CertificateRefused

FOLDER = Path(__file__).with_name("foreign_cases")
MANIFEST: dict[str, dict[str, str]] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 12, 5, tzinfo=UTC)  # some expire, and their verdict must not change with the day


def verdict(name: str) -> tuple[str, str]:
    """The algorithm with what its owner is warned of, or the code of the refusal with its sentence."""
    try:
        found = inspect((FOLDER / f"{name}.asc").read_bytes(), now=NOW)
    except CertificateRefused as refused:
        return refused.message.code, text_of(refused.message)
    return found.algorithm, " ".join(text_of(warning) for warning in found.warnings)


def test_every_file_is_in_the_manifest() -> None:
    assert {path.stem for path in FOLDER.glob("*.asc")} == set(MANIFEST)


@pytest.mark.sampled(12, rest="audit")
@pytest.mark.parametrize("name", MANIFEST)
def test_a_file_gets_its_verdict_and_message(name: str) -> None:
    assert verdict(name) == (MANIFEST[name]["answer"], MANIFEST[name]["says"])


@pytest.mark.parametrize("name", ["sq-revocation", "pgpy-nistp384"])
def test_what_was_called_unreadable_is_named(name: str) -> None:
    """Sequoia's revocation is a bare signature; PGPy signs a key of P-384 with SHA-256, which GnuPG refuses."""
    assert verdict(name)[0] == MANIFEST[name]["answer"] != "openpgp.unreadable"
