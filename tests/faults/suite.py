"""Which scenarios there are; and many of them at once, each in a process forked from one that has everything loaded."""

import itertools
import logging
import multiprocessing
import os
import random
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from tests.faults.paused_worker import run_paused
from tests.faults.scenario import Kill, Outcome, Rig, Scenario, run_killed
from tests.faults.sealing_process import PLACES
from tests.faults.workloads import WORKLOADS

AT_ONCE = 2 * (os.cpu_count() or 1)  # a scenario waits for PostgreSQL and the emulator half of its time
VICTIMS = ("worker", "sealer", "operation", "server", "worker+sealer", "worker+server")


def kills(undisturbed: Outcome) -> list[Scenario]:
    """Return a kill at every boundary of the worker, and at every place of the sealing process where a key is made."""
    workload = undisturbed.scenario.workload
    inside = kills_while_sealing() if WORKLOADS[workload].creates_access_key else []
    return [Scenario(workload, (kill,)) for kill in [*_boundaries(undisturbed), *inside]]


def kills_while_sealing() -> list[Kill]:
    """Return the kills at each place of the encrypting process: it, its fork, its server or its worker dies."""
    return [Kill(sealing=f"{place}/{victims}") for place, victims in itertools.product(PLACES, VICTIMS)]


def pauses(undisturbed: Outcome) -> list[Scenario]:
    """Return a pause at every boundary of the worker."""
    return [Scenario(undisturbed.scenario.workload, (kill,), pauses=True) for kill in _boundaries(undisturbed)]


def random_kills(undisturbed: Outcome, *, times: int, count: int, seed: str) -> list[Scenario]:
    """Return `count` scenarios in which `times` workers are killed one after the other, at random places."""
    workload, draw = undisturbed.scenario.workload, random.Random(f"{seed} {times}")
    everywhere = [scenario.kills[0] for scenario in kills(undisturbed)]
    return [Scenario(workload, tuple(draw.choices(everywhere, k=times))) for _ in range(count)]


def _boundaries(undisturbed: Outcome) -> list[Kill]:
    return [Kill(at) for at in range(1, len(undisturbed.names) + 1)]


def outcomes_of(
    rig: Rig, scenarios: Iterable[Scenario], *, at_once: int = AT_ONCE, until: float = float("inf")
) -> Iterator[Outcome]:
    """Run scenarios, several at once; yield outcomes as they come. None begins after `until`, in monotonic seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.preloaded"])
    left, running = iter(scenarios), set[Future[Outcome]]()
    with ProcessPoolExecutor(at_once, mp_context=context, initializer=_prepare, initargs=(rig,)) as pool:
        while True:
            room = at_once - len(running) if time.monotonic() < until else 0
            running |= {pool.submit(_run, rig, scenario) for scenario in itertools.islice(left, room)}
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def undisturbed_runs(rig: Rig, workloads: Iterable[str] = tuple(WORKLOADS)) -> dict[str, Outcome]:
    """Run each workload without any interruption; its boundaries number those of all its scenarios."""
    found = outcomes_of(rig, [Scenario(workload) for workload in workloads])
    return {outcome.scenario.workload: outcome for outcome in found}


def _prepare(rig: Rig) -> None:
    from tests.faults import preloaded, worker  # noqa: F401  (loaded by the server already, unless that failed)

    # What prepares a workload creates keys too, whose secrets the search for leaks must know.
    os.environ |= {"AWS_TEST_SECRETS_FILE": str(rig.secrets_file), "AWS_TEST_PLANTED": rig.planted}
    worker.with_test_sealer()
    logging.basicConfig(level=logging.DEBUG, filename=rig.log, force=True)


def _run(rig: Rig, scenario: Scenario) -> Outcome:
    return run_paused(rig, scenario) if scenario.pauses else run_killed(rig, scenario)
