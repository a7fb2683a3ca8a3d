"""Children that are forked for tests behave as those that the product starts."""

import json
import os
import signal
import subprocess
import sys

from portal.child_environment import child_environment
from portal.openpgp import certificates
from portal.openpgp.homes import temporary_home
from tests import quick_children
from tests.world import Keypair, client_keypair

__all__ = ["client_keypair"]
EXAMINER = [sys.executable, "-m", "portal.openpgp.examiner"]


def test_a_forked_examiner_answers_as_a_started_one(client_keypair: Keypair) -> None:
    started = certificates.inspect(client_keypair.certificate)
    with quick_children.installed():
        assert subprocess.Popen is not quick_children.STARTED_AS_USUAL
        assert certificates.inspect(client_keypair.certificate) == started


def test_it_has_the_environment_and_the_session_of_its_own_and_reports_its_end() -> None:
    with temporary_home() as home, quick_children.installed():
        child = subprocess.Popen(
            [*EXAMINER, str(home), "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=child_environment()
        )
        with child:
            assert os.getpgid(child.pid) == child.pid
            assert child.poll() is None
            os.killpg(child.pid, signal.SIGKILL)
            assert child.wait(10) == -signal.SIGKILL
            assert child.poll() == -signal.SIGKILL


def test_what_it_raises_is_an_exit_status_and_other_programs_are_started() -> None:
    with quick_children.installed():
        broken = subprocess.run(
            [*EXAMINER, "/nowhere", "no number"], input=b"", capture_output=True, env={}, check=False, timeout=60
        )
        other = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True, timeout=60)
    assert (broken.returncode, broken.stdout, json.loads(other.stdout)) == (1, b"", 1)
