"""One scenario: a fresh account, workers killed or paused at chosen boundaries, a last worker, and what then holds."""

import os
import signal
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connections

from portal.aws import assumed_roles
from portal.aws import session as aws_session
from portal.aws.credentials import AwsCredentials
from tests import clock
from tests.faults import boundaries as numbered
from tests.faults import worker
from tests.faults.case import Case, new_case
from tests.faults.workloads import WORKLOADS
from tests.world import Keypair


@dataclass(frozen=True)
class Kill:
    """Where a worker ends: at a boundary's number, or at a place of the sealing process ("after PutRecord/worker")."""

    at: int = 0
    sealing: str = ""

    def __str__(self) -> str:
        return self.sealing or str(self.at)


@dataclass(frozen=True)
class Scenario:
    """A workload, and where its workers are killed one after the other; with `pauses` the one is stopped instead."""

    workload: str
    kills: tuple[Kill, ...] = ()
    pauses: bool = False

    def __str__(self) -> str:
        return f"{'paused' if self.pauses else 'killed'} at {', '.join(map(str, self.kills))}"


@dataclass(frozen=True)
class Rig:
    """What all scenarios of a suite share; `planted` is how each secret is written into the log, to test the search."""

    folder: Path
    client_key: Keypair = field(repr=False)
    sender: AwsCredentials = field(repr=False)
    planted: str = ""

    @property
    def secrets_file(self) -> Path:
        """Where the test's sealing process keeps every secret it saw."""
        return self.folder / "secrets"

    @property
    def log(self) -> Path:
        """Where every worker of the suite logs, at level DEBUG."""
        return self.folder / "workers.log"


@dataclass(frozen=True)
class Outcome:
    """How a scenario ended. `reached` says for each kill or pause whether it happened; `wrong` is what does not hold.

    `names` are the boundaries that all its workers came to.
    """

    scenario: Scenario
    reached: tuple[bool, ...]
    wrong: tuple[str, ...]
    names: tuple[str, ...]
    seconds: float


def run_killed(rig: Rig, scenario: Scenario) -> Outcome:
    """Kill workers at the chosen boundaries, let a last one complete the run, and check what is left."""
    began = time.monotonic()
    case = prepared(rig, scenario.workload)
    reached, wrong = [], list[str]()
    trail = rig.folder / f"trail-{case.account_id}"
    for number, kill in enumerate(scenario.kills):
        reached.append(run_worker(rig, case, kill, trail=trail, number=number))
        wrong += WORKLOADS[scenario.workload].meanwhile(case)
        clock.pass_until_lease_ends(case.run_id)
    run_worker(rig, case, Kill(), trail=trail, number=len(scenario.kills))
    wrong += WORKLOADS[scenario.workload].broken(case)
    names = trail.read_text().splitlines()
    trail.unlink()
    connections.close_all()
    return Outcome(scenario, tuple(reached), tuple(wrong), tuple(names), time.monotonic() - began)


def prepared(rig: Rig, workload: str) -> Case:
    """Return the case whose run is to be interrupted."""
    wanted = WORKLOADS[workload]
    case = new_case(
        rig.client_key,
        kinds=wanted.kinds,
        new_key=wanted.new_key,
        theirs=wanted.theirs,
        producer=wanted.producer,
        sender=rig.sender,
    )
    if not wanted.is_first:
        before = rig.folder / f"before-{case.account_id}"
        run_worker(rig, case, Kill(), trail=before, number=-1)
        before.unlink()
    return wanted.begin(case)


def run_worker(rig: Rig, case: Case, kill: Kill, *, trail: Path, number: int) -> bool:
    """Run one worker as a process of its own; return whether it or its sealer was killed."""
    connections.close_all()
    mark = rig.folder / f"killed-{case.account_id}-{number}"
    child = os.fork()
    if child == 0:
        be_worker(rig, case.run_id, kill, trail, mark)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"The worker of {kill} ended with {os.WEXITSTATUS(status)}; see {rig.log}")
    return os.WIFSIGNALED(status) or mark.exists()


def be_worker(
    rig: Rig, run_id: int, kill: Kill, trail: Path, mark: Path, *, how: signal.Signals = signal.SIGKILL
) -> None:
    """Be a worker to the end of this process, which was forked for that; at the wanted boundary send itself `how`."""
    ended = 1
    try:
        log = os.open(rig.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        # No connection to AWS is shared with the process that forked this one.
        aws_session._portal_session.cache_clear()
        assumed_roles._assumed.cache_clear()
        os.environ |= {
            "AWS_TEST_SECRETS_FILE": str(rig.secrets_file),
            "AWS_TEST_KILL_AT": kill.sealing,
            "AWS_TEST_KILLED_FILE": str(mark),
            "AWS_TEST_PLANTED": rig.planted,
        }
        worker.with_test_sealer()
        numbered.install(numbered.Boundaries(kill.at, how, trail))
        worker.drive(run_id, client_key=rig.client_key, sender=rig.sender)
        ended = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(ended)


def described(outcome: Outcome, undisturbed: Outcome) -> str:
    """Return where the workers of a scenario were interrupted, and what was wrong then."""

    def name(kill: Kill) -> str:
        return kill.sealing or f"{kill.at} {undisturbed.names[kill.at - 1]}"

    return f"{', '.join(name(kill) for kill in outcome.scenario.kills)}: {'; '.join(outcome.wrong)}"
