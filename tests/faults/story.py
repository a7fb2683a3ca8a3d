"""One story: a fresh account, workers killed at chosen places, a last worker that lives, and what then holds."""

import os
import signal
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connections

from portal.aws import session as aws_session
from tests.faults import boundaries as numbered
from tests.faults import worker
from tests.faults.plots import PLOTS
from tests.faults.scene import Scene, new_scene
from tests.world import Keypair


@dataclass(frozen=True)
class Kill:
    """Where a worker ends: at a boundary's number, or at a place of the sealing process ("after PutRecord/worker")."""

    at: int = 0
    sealing: str = ""

    def __str__(self) -> str:
        return self.sealing or str(self.at)


@dataclass(frozen=True)
class Rig:
    """What all stories of a suite share."""

    folder: Path
    client_key: Keypair = field(repr=False)

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
    """How a story ended. `died` says of each kill whether it came to it; `wrong` is empty when all is well."""

    kills: tuple[Kill, ...]
    died: tuple[bool, ...]
    wrong: tuple[str, ...]
    names: tuple[str, ...]
    account_id: str
    seconds: float


def tell(rig: Rig, kills: tuple[Kill, ...], plot: str = "set up") -> Outcome:
    """Act a story out and look at what it left."""
    began = time.monotonic()
    scene = begun(rig, plot)
    died = []
    trail = rig.folder / f"trail-{scene.account_id}"
    for number, kill in enumerate(kills):
        died.append(act(rig, scene, kill, trail=trail, number=number))
        worker.end_lease(scene.run_id)
    act(rig, scene, Kill(), trail=trail, number=len(kills))
    wrong = PLOTS[plot].broken(scene)
    names = trail.read_text().splitlines()
    trail.unlink()
    connections.close_all()
    return Outcome(kills, tuple(died), tuple(wrong), tuple(names), scene.account_id, time.monotonic() - began)


def begun(rig: Rig, plot: str) -> Scene:
    """Return the scene whose run is to be disturbed."""
    asked = PLOTS[plot]
    scene = new_scene(rig.client_key, kinds=asked.kinds, new_key=asked.new_key, theirs=asked.theirs)
    if not PLOTS[plot].is_first:
        before = rig.folder / f"before-{scene.account_id}"
        act(rig, scene, Kill(), trail=before, number=-1)
        before.unlink()
    return PLOTS[plot].begin(scene)


def act(rig: Rig, scene: Scene, kill: Kill, *, trail: Path, number: int) -> bool:
    """Run one worker as a process of its own; return whether it or its sealer was killed."""
    connections.close_all()
    mark = rig.folder / f"killed-{scene.account_id}-{number}"
    child = os.fork()
    if child == 0:
        be_worker(rig, scene.run_id, kill, trail, mark)
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
        # Nothing of the story's own connections to AWS is used by two processes.
        aws_session._portal_session.cache_clear()
        aws_session._assumed.cache_clear()
        os.environ |= {
            "AWS_TEST_SECRETS_FILE": str(rig.secrets_file),
            "AWS_TEST_KILL_AT": kill.sealing,
            "AWS_TEST_KILLED_FILE": str(mark),
        }
        worker.with_test_sealer()
        numbered.install(numbered.Boundaries(kill.at, how, trail))
        worker.drive(run_id)
        ended = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(ended)


def described(outcome: Outcome, undisturbed: Outcome) -> str:
    """Return where the workers of a story died, and what was wrong then."""

    def name(kill: Kill) -> str:
        return kill.sealing or f"{kill.at} {undisturbed.names[kill.at - 1]}"

    return f"{', '.join(name(kill) for kill in outcome.kills)}: {'; '.join(outcome.wrong)}"
