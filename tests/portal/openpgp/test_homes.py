import os
import stat
import time
from pathlib import Path

import pytest

from portal.openpgp import homes
from portal.openpgp.certificates import inspect
from portal.openpgp.decrypt import OpeningFailed, decrypt
from portal.openpgp.encrypt import encrypt
from portal.openpgp.generate import generate_keypair
from portal.openpgp.homes import remove, temporary_home


def test_a_home_is_private_short_and_gone_afterwards() -> None:
    with temporary_home() as home:
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert len(str(home)) < 80
    assert not home.exists()


class Failure(Exception):
    pass


@pytest.mark.parametrize("has_agent", [False, True])
def test_a_home_is_gone_after_a_failure_too(base: Path, has_agent: bool) -> None:
    with pytest.raises(Failure):
        _fail_at_home(has_agent=has_agent)


def _fail_at_home(*, has_agent: bool) -> None:
    with temporary_home(has_agent=has_agent) as home:
        (home / "file").write_text("x")
        raise Failure


def test_a_home_can_stand_elsewhere(tmp_path: Path) -> None:
    with temporary_home(under=tmp_path) as home:
        assert home.parent == tmp_path


def test_homes_of_the_killed_are_removed_later_and_those_in_use_are_not(base: Path) -> None:
    abandoned = base / f"{homes.PREFIX}abandoned"
    abandoned.mkdir()
    os.utime(abandoned, (0, 0))
    with temporary_home() as used:
        assert homes.remove_stale() == 1
        assert used.exists()
    assert not abandoned.exists()


def test_removing_what_is_gone_is_fine(tmp_path: Path) -> None:
    remove(tmp_path / "absent")


def test_secret_keys_leave_neither_home_nor_agent(base: Path) -> None:
    certificate, private = generate_keypair("Passing Guest")
    sealed = encrypt(b"x", certificate=certificate, fingerprint=inspect(certificate).fingerprint)
    assert decrypt(sealed.ciphertext, private_key=private) == b"x"
    _, wrong = generate_keypair("Somebody Else")
    with pytest.raises(OpeningFailed):
        decrypt(sealed.ciphertext, private_key=wrong)
    assert _agents_end(base)


@pytest.mark.parametrize("rubbish", ["", "words", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n"])
def test_what_is_no_private_key_opens_nothing(rubbish: str) -> None:
    with pytest.raises(OpeningFailed, match="rejected"):
        decrypt("x", private_key=rubbish)


def test_only_known_algorithms_and_one_line_names_are_made() -> None:
    with pytest.raises(ValueError, match="not known"):
        generate_keypair("Zoë", algorithm="dsa")
    with pytest.raises(ValueError, match="not one line"):
        generate_keypair("Zoë\n%no-protection")


def _agents_end(base: Path) -> bool:
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        if not _agents(base):
            return True
        time.sleep(0.05)
    return False


def _agents(base: Path) -> list[bytes]:
    # A zombie has no arguments, so none is counted: collecting them is for process 1 to see to.
    return [line for line in map(_arguments, Path("/proc").glob("[0-9]*")) if str(base).encode() in line]


def _arguments(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:  # it ended meanwhile
        return b""
