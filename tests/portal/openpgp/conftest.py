import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.openpgp import homes
from portal.openpgp.homes import temporary_home
from tests.portal.openpgp.corpus import Corpus, build
from tests.portal.openpgp.workshop import ED25519, Workshop

if shutil.which("gpg") is None:
    raise RuntimeError("GnuPG (the program gpg) is needed to run these tests.")


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    with temporary_home(has_agent=True) as home:
        yield Workshop(home)


@pytest.fixture(scope="session")
def corpus(workshop: Workshop) -> Corpus:
    return build(workshop)


@pytest.fixture(scope="session")
def keypair(workshop: Workshop) -> tuple[str, str, str]:
    fingerprint = workshop.make(ED25519, name="Key Pair")
    return fingerprint, workshop.public(fingerprint), workshop.private(fingerprint)


@pytest.fixture
def fake_gpg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A script in gpg's place; what it does each test says.
    program = tmp_path / "bin" / "gpg"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/local/bin:/usr/bin:/bin")
    return program


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Where this test's homes are made: nobody else's stand there, and none may be left.
    with temporary_home() as folder:
        monkeypatch.setattr(homes, "_MEMORY", folder)
        yield folder
        assert [left for left in folder.iterdir() if not left.name.startswith("sluice-checks-")] == []
