"""A worker paused (SIGSTOP) past its lease around its access key: its successor finishes, and no key is left over.

test_interruptions.py pauses workers anywhere else.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import clock
from tests.faults import invariants
from tests.faults.case import new_case
from tests.faults.scenario import Rig
from tests.faults.worker import drive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("place", ["before CreateAccessKey", "after CreateAccessKey", "before answer to mint"])
def test_a_worker_resumed_after_its_lease_leaves_no_key(rig: Rig, place: str) -> None:
    case = new_case(rig.client_key)
    worker = _worker(rig, case.run_id, AWS_TEST_KILL_AT=f"{place}/stop worker+stop sealer")
    _resume_after_its_successor(rig, worker, case.run_id)
    assert invariants.broken(case) == []


@pytest.mark.parametrize("moment", ["looked for its successor's user", "asked the ledger"])
def test_a_resumed_worker_never_deletes_its_successors_key(
    rig: Rig, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onboarding.integrations.context_factory import open_run
    from onboarding.models.run import Run
    from onboarding.provisioning import claims
    from onboarding.provisioning.ledger import DatabaseLedger
    from onboarding.provisioning.ledger_protocol import FenceLost
    from onboarding.provisioning.steps import access_key

    case = new_case(rig.client_key)
    claim = claims.acquire(case.run_id)
    paused = open_run(Run.objects.get(pk=case.run_id), claim)
    clock.pass_until_lease_ends(case.run_id)
    assert drive(case.run_id) == "done"
    if moment == "asked the ledger":  # it was answered before its successor's key was there
        stale = iter([None])
        real = DatabaseLedger.credential
        monkeypatch.setattr(DatabaseLedger, "credential", lambda self: next(stale, real(self)))
        with pytest.raises(FenceLost):
            access_key.apply(paused)
    else:
        with pytest.raises(FenceLost):
            access_key.discard_newest(paused)
    assert invariants.broken(case) == []


def _resume_after_its_successor(rig: Rig, worker: "subprocess.Popen[bytes]", run_id: int) -> None:
    try:
        paused = _wait_for_stop(worker)
        clock.pass_until_lease_ends(run_id)
        drive(run_id)
        for process in paused:
            os.kill(process, signal.SIGCONT)
        worker.wait(40)
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait(60)


def _wait_for_stop(worker: "subprocess.Popen[bytes]") -> list[int]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert worker.poll() is None, "it ended before the place where it was to be paused"
        if _state(worker.pid) == "T":
            time.sleep(0.1)  # the sealing process stops itself a moment after it stopped its worker
            return [worker.pid, *(child for child in _children(worker.pid) if _state(child) == "T")]
        time.sleep(0.02)
    raise AssertionError("it never came to the place where it was to be paused")


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0]


def _children(process: int) -> list[int]:
    """Return the processes below another: the server of the encrypting processes, and those."""
    own = [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return [*own, *(below for child in own for below in _children(child))]


def _worker(rig: Rig, run_id: int, **environment: str) -> "subprocess.Popen[bytes]":
    mark = rig.folder / f"stopped-{run_id}-{time.monotonic_ns()}"
    given = {"AWS_TEST_SECRETS_FILE": str(rig.secrets_file), "AWS_TEST_KILLED_FILE": str(mark), **environment}
    command = [sys.executable, "-m", "tests.faults.worker", str(run_id)]
    with rig.log.open("ab") as log:
        return subprocess.Popen(command, env=os.environ | given, stdout=log, stderr=log)
