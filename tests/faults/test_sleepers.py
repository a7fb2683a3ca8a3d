"""A worker stopped (SIGSTOP) past its lease: its successor finishes, and what it does on waking changes nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults import invariants
from tests.faults.scene import new_scene
from tests.faults.story import Outcome, Rig, begun
from tests.faults.suite import told
from tests.faults.worker import drive, end_lease

pytestmark = pytest.mark.django_db(transaction=True)

WHERE = [
    "before CreateStream",
    "after CreateStream",
    "before CreatePolicy",
    "before CreateDeliveryStream",
    "before CreateUser",
    "after CreateUser",
    "before AttachUserPolicy",
    "after AttachUserPolicy",
]


@pytest.mark.parametrize("place", WHERE)
def test_a_worker_that_wakes_up_late_changes_nothing(rig: Rig, place: str) -> None:
    scene = begun(rig, "set up")
    sleeper = _worker(rig, scene.run_id, CRASH_AT=_number_of(rig, place), CRASH_SIGNAL="SIGSTOP")
    _wake_after_its_successor(rig, sleeper, scene.run_id)
    assert invariants.broken(scene) == []


@pytest.mark.parametrize("place", ["before CreateAccessKey", "after CreateAccessKey", "before answer to mint"])
def test_a_worker_that_wakes_up_late_around_its_key_leaves_no_key(rig: Rig, place: str) -> None:
    scene = new_scene(rig.client_key)
    sleeper = _worker(rig, scene.run_id, AWS_TEST_KILL_AT=f"{place}/stop worker+stop sealer")
    _wake_after_its_successor(rig, sleeper, scene.run_id)
    assert invariants.broken(scene) == []


@pytest.mark.parametrize("moment", ["looked for its successor's user", "asked the ledger"])
def test_a_sleeper_never_deletes_its_successors_key(rig: Rig, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from onboarding.integrations.context_factory import open_run
    from onboarding.models.run import Run
    from onboarding.provisioning import claims
    from onboarding.provisioning.context import FenceLost
    from onboarding.provisioning.ledger import DatabaseLedger
    from onboarding.provisioning.steps import access_key

    scene = new_scene(rig.client_key)
    claim = claims.take(scene.run_id)
    asleep = open_run(Run.objects.get(pk=scene.run_id), claim)
    end_lease(scene.run_id)
    assert drive(scene.run_id) == "done"
    if moment == "asked the ledger":  # it was answered before its successor's key was there
        stale = iter([None])
        real = DatabaseLedger.credential
        monkeypatch.setattr(DatabaseLedger, "credential", lambda self: next(stale, real(self)))
        with pytest.raises(FenceLost):
            access_key.apply(asleep)
    else:
        with pytest.raises(FenceLost):
            access_key.discard_newest(asleep)
    assert invariants.broken(scene) == []


def _wake_after_its_successor(rig: Rig, sleeper: "subprocess.Popen[bytes]", run_id: int) -> None:
    try:
        asleep = _wait_for_stop(sleeper)
        end_lease(run_id)
        drive(run_id)
        for process in asleep:
            os.kill(process, signal.SIGCONT)
        sleeper.wait(40)
    finally:
        if sleeper.poll() is None:
            sleeper.kill()
            sleeper.wait()


def _wait_for_stop(sleeper: "subprocess.Popen[bytes]") -> list[int]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert sleeper.poll() is None, "it ended before the place where it was to sleep"
        if _state(sleeper.pid) == "T":
            time.sleep(0.1)  # the sealing process stops itself a moment after it stopped its worker
            return [sleeper.pid, *(child for child in _children(sleeper.pid) if _state(child) == "T")]
        time.sleep(0.02)
    raise AssertionError("it never came to the place where it was to sleep")


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0]


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _worker(rig: Rig, run_id: int, **environment: str) -> "subprocess.Popen[bytes]":
    mark = rig.folder / f"stopped-{run_id}-{time.monotonic_ns()}"
    given = {"AWS_TEST_SECRETS_FILE": str(rig.secrets_file), "AWS_TEST_KILLED_FILE": str(mark), **environment}
    command = [sys.executable, "-m", "tests.faults.worker", str(run_id)]
    with rig.log.open("ab") as log:
        return subprocess.Popen(command, env=os.environ | given, stdout=log, stderr=log)


_undisturbed: list[Outcome] = []


def _number_of(rig: Rig, place: str) -> str:
    if not _undisturbed:
        _undisturbed.extend(told(rig, [()], at_once=1))
    return str(_undisturbed[0].names.index(place) + 1)
