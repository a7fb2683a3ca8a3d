"""The search for secrets finds what was planted, in every spelling, also across the edge of a block."""

from pathlib import Path

import pytest

from tests.faults import leaks

pytestmark = pytest.mark.django_db
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize("number", range(len(leaks.spellings(SECRET))))
@pytest.mark.parametrize("before", [0, leaks._BLOCK - 5, leaks._BLOCK + 3])
def test_a_planted_secret_is_found(tmp_path: Path, number: int, before: int) -> None:
    log, spelling = tmp_path / "log", sorted(leaks.spellings(SECRET))[number]
    log.write_bytes(b"." * before + spelling + b".")
    assert leaks.leaks(log, ["another" * 6, SECRET]) == ["log"]
    log.write_bytes(b"." * before + spelling[:-1] + b".")
    assert leaks.leaks(log, ["another" * 6, SECRET]) == []
