"""Stories of sleepers: a worker stopped at a boundary until its successor has ended the run, and then let go on.

The sleeper's own database session is ended by PostgreSQL when it sleeps inside a transaction (see settings.DATABASES);
here after a second, so that nobody waits for its locks for half a minute.
"""

import os
import signal
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import serializers
from django.db import connections

from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Step
from tests.faults import worker
from tests.faults.plots import PLOTS, account
from tests.faults.scene import Scene
from tests.faults.story import Kill, Outcome, Rig, act, be_worker, begun

LONGEST_SECONDS = 60.0


@dataclass(frozen=True)
class Asleep:
    """A worker that stands still."""

    process: int

    def wake(self) -> None:
        """Let it go on, and wait until it has ended."""
        os.kill(self.process, signal.SIGCONT)
        deadline = time.monotonic() + LONGEST_SECONDS
        while os.waitpid(self.process, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(self.process, signal.SIGKILL)
                os.waitpid(self.process, 0)
                raise AssertionError(f"the sleeper did not end within {LONGEST_SECONDS} s of its waking")
            time.sleep(0.02)


def tell_asleep(rig: Rig, kills: tuple[Kill, ...], plot: str = "set up") -> Outcome:
    """Stop a worker, let another one end the run, wake the first, and look at what that changed."""
    began = time.monotonic()
    scene = begun(rig, plot)
    trail = rig.folder / f"trail-{scene.account_id}"
    asleep = _stopped(rig, scene, kills[0])
    if asleep is None:
        return _outcome(scene, kills, ("it ended before it came to where it was to sleep",), began, slept=False)
    worker.end_lease(scene.run_id)
    act(rig, scene, Kill(), trail=trail, number=1)
    wrong = PLOTS[plot].broken(scene)
    before = rows(scene), account(scene)
    connections.close_all()
    asleep.wake()
    if rows(scene) != before[0]:
        wrong.append("the sleeper changed rows when it woke up")
    if account(scene) != before[1]:
        wrong.append(f"the sleeper changed the account: {account(scene)}, before {before[1]}")
    wrong += [f"after waking: {one}" for one in PLOTS[plot].broken(scene)]
    trail.unlink(missing_ok=True)  # whoever comes after the last boundary finds nothing to do
    return _outcome(scene, kills, tuple(wrong), began, slept=True)


def rows(scene: Scene) -> list[dict[str, Any]]:
    """Everything that the database says of the scene's integration, as plain data."""
    run = scene.run
    mine = {"integration": run.integration_id}
    run.due_at = run.created_at  # which the tests' own `worker.hurry` sets, in the sleeper too
    found = [
        *(run, *Integration.objects.filter(pk=run.integration_id)),
        *Step.objects.filter(run=run),
        *Resource.objects.filter(**mine).order_by("pk"),
        *Credential.objects.filter(**mine).order_by("pk"),
        *SealedCopy.objects.filter(credential__integration=run.integration_id).order_by("pk"),
    ]
    return list(serializers.serialize("python", found))


def _stopped(rig: Rig, scene: Scene, kill: Kill) -> Asleep | None:
    connections.close_all()
    mark = rig.folder / f"stopped-{scene.account_id}"
    child = os.fork()
    if child == 0:
        settings.DATABASES["default"]["OPTIONS"]["options"] = "-c idle_in_transaction_session_timeout=1000"
        be_worker(rig, scene.run_id, kill, rig.folder / f"asleep-{scene.account_id}", mark, how=signal.SIGSTOP)
    _, status = os.waitpid(child, os.WUNTRACED)
    return Asleep(child) if os.WIFSTOPPED(status) else None


def _outcome(scene: Scene, kills: tuple[Kill, ...], wrong: tuple[str, ...], began: float, *, slept: bool) -> Outcome:
    connections.close_all()
    return Outcome(kills, (slept,), wrong, (), scene.account_id, time.monotonic() - began)
