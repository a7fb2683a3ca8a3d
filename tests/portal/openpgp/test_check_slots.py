"""Slots for checks: a number for the whole machine, over all processes, each free again at the end of its process."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.openpgp import check_slots
from portal.openpgp.check_slots import SLOTS, NoFreeSlot, check_slot

HOLDER = """
import sys
from contextlib import ExitStack
from pathlib import Path

from portal.openpgp import check_slots
from portal.openpgp.check_slots import SLOTS, check_slot

check_slots.home_base = lambda: Path(sys.argv[1])
with ExitStack() as held:
    for _ in range(SLOTS):
        held.enter_context(check_slot(seconds=5))
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(check_slots, "home_base", lambda: tmp_path)
    return tmp_path


def test_one_more_than_there_are_slots_waits_and_gives_up() -> None:
    with ExitStack() as held:
        for _ in range(SLOTS):
            held.enter_context(check_slot(seconds=0))
        with pytest.raises(NoFreeSlot), check_slot(seconds=0.1):
            pass
    with check_slot(seconds=0):
        pass


def test_a_slot_is_free_again_after_an_error() -> None:
    for _ in range(SLOTS + 1):
        with pytest.raises(ValueError, match="mine"), check_slot(seconds=0):
            raise ValueError("mine")


def test_slots_are_private_and_followed_nowhere(folder: Path) -> None:
    with check_slot(seconds=0):
        [made] = folder.iterdir()
        assert made.stat().st_mode & 0o777 == 0o700
    for number in range(SLOTS):
        (made / str(number)).unlink(missing_ok=True)
        (made / str(number)).symlink_to("/dev/null")
    with pytest.raises(OSError, match="symbolic"), check_slot(seconds=0):
        pass


def test_the_slots_of_a_process_that_was_killed_are_free(folder: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(NoFreeSlot), check_slot(seconds=0):
            pass
        holder.kill()
    with check_slot(seconds=5):
        pass
