"""Scenarios of a paused worker: stopped at a boundary until its successor has completed the run, then resumed.

The paused worker's own database session is ended by PostgreSQL when it was stopped inside a transaction (see
settings.DATABASES); here after a second, so that its successor does not wait half a minute for its locks.
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
from onboarding.models.producer_role import ProducerRole
from onboarding.models.resource import Resource
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.models.run import Run, Step
from tests import clock
from tests.faults.case import Case
from tests.faults.scenario import Kill, Outcome, Rig, Scenario, be_worker, prepared, run_worker
from tests.faults.workloads import WORKLOADS, account

LONGEST_SECONDS = 60.0


@dataclass(frozen=True)
class PausedWorker:
    """A worker process that is stopped."""

    process: int

    def resume(self) -> None:
        """Let it continue, and wait until it has ended."""
        os.kill(self.process, signal.SIGCONT)
        deadline = time.monotonic() + LONGEST_SECONDS
        while os.waitpid(self.process, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(self.process, signal.SIGKILL)
                os.waitpid(self.process, 0)
                raise AssertionError(f"the paused worker did not end within {LONGEST_SECONDS} s after it was resumed")
            time.sleep(0.02)


def run_paused(rig: Rig, scenario: Scenario) -> Outcome:
    """Stop a worker, let another one complete the run, resume the first, and check what that changed."""
    began = time.monotonic()
    case = prepared(rig, scenario.workload)
    broken = WORKLOADS[scenario.workload].broken
    trail = rig.folder / f"trail-{case.account_id}"
    paused = _stopped(rig, case, scenario.kills[0])
    if paused is None:
        return _outcome(scenario, ("it ended before the boundary where it was to be paused",), began, reached=False)
    clock.pass_until_lease_ends(case.run_id)
    run_worker(rig, case, Kill(), trail=trail, number=1)
    wrong = broken(case)
    before = rows(case), account(case)
    connections.close_all()
    paused.resume()
    if changed := _changed(before[0], rows(case)):
        wrong.append(f"the paused worker changed rows when it was resumed: {changed}")
    if account(case) != before[1]:
        wrong.append(f"the paused worker changed the account: {account(case)}, before {before[1]}")
    wrong += [f"after it was resumed: {problem}" for problem in broken(case)]
    trail.unlink(missing_ok=True)  # a worker that comes after the last boundary finds nothing to do
    return _outcome(scenario, tuple(wrong), began, reached=True)


def rows(case: Case) -> list[dict[str, Any]]:
    """Return everything that the database says of the case's integration, as plain data."""
    run = case.run
    ours = {"integration": run.integration_id}
    found = [
        *Integration.objects.filter(pk=run.integration_id),
        *Run.objects.filter(**ours).order_by("pk"),
        *Step.objects.filter(run__integration=run.integration_id).order_by("pk"),
        *Resource.objects.filter(**ours).order_by("pk"),
        *Credential.objects.filter(**ours).order_by("pk"),
        *Rotation.objects.filter(**ours).order_by("pk"),
        *Revocation.objects.filter(**ours).order_by("pk"),
        *ProducerRole.objects.filter(**ours).order_by("pk"),
        *SealedCopy.objects.filter(credential__integration=run.integration_id).order_by("pk"),
    ]
    return list(serializers.serialize("python", found))


def _changed(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """Name what differs: the model and the fields with both values, or the rows that came and went."""
    was = {(row["model"], row["pk"]): row["fields"] for row in before}
    now = {(row["model"], row["pk"]): row["fields"] for row in after}
    found = [f"{key} came or went" for key in was.keys() ^ now.keys()]
    for key in was.keys() & now.keys():
        names = [name for name in now[key] if was[key][name] != now[key][name]]
        found += [f"{key[0]}.{name}: {was[key][name]!r} → {now[key][name]!r}" for name in names]
    return found


def _stopped(rig: Rig, case: Case, kill: Kill) -> PausedWorker | None:
    connections.close_all()
    mark = rig.folder / f"stopped-{case.account_id}"
    child = os.fork()
    if child == 0:
        settings.DATABASES["default"]["OPTIONS"]["options"] = "-c idle_in_transaction_session_timeout=1000"
        be_worker(rig, case.run_id, kill, rig.folder / f"paused-{case.account_id}", mark, how=signal.SIGSTOP)
    _, status = os.waitpid(child, os.WUNTRACED)
    return PausedWorker(child) if os.WIFSTOPPED(status) else None


def _outcome(scenario: Scenario, wrong: tuple[str, ...], began: float, *, reached: bool) -> Outcome:
    connections.close_all()
    return Outcome(scenario, (reached,), wrong, (), time.monotonic() - began)
