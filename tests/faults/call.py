"""One call of `make faults`: part after part until its time is over, each result kept at once."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.local.ministack import MiniStack
from tests.faults import suite
from tests.faults.installation import installation
from tests.faults.parts import MARKED, MARKED_TESTS, PARTS, REDIS, Part
from tests.faults.progress import ROOT, Progress, Result
from tests.faults.proxy import Proxy
from tests.faults.redis_outage import run_through
from tests.faults.scenario import Outcome, Rig, Scenario, described

TOTAL = "all"  # the result that says that a part is complete


@dataclass(frozen=True)
class Call:
    """What a call works with: the environment it was started in, its servers, its limits.

    No scenario begins after `until`, in monotonic seconds.
    """

    environment: dict[str, str] = field(repr=False)
    rig: Rig
    server: MiniStack
    progress: Progress
    until: float
    at_once: int
    seed: str

    def run(self, names: Sequence[str], *, redis_away: int) -> None:
        """Run what is left of these parts."""
        for name in names:
            if time.monotonic() > self.until or is_complete(self.progress, name):
                continue
            print(f"{name} …", flush=True)
            if name == MARKED:
                self._marked_tests()
            elif name == REDIS:
                self._redis_away(redis_away)
            else:
                self._part(PARTS[name])

    def _part(self, part: Part) -> None:
        first = suite.undisturbed_runs(self.rig, [part.workload])[part.workload]
        count = len(first.names)
        wanted = part.scenarios(first, self.seed)
        left = [scenario for scenario in wanted if not self.progress.has(part.name, str(scenario), count)]
        for outcome in suite.outcomes_of(self.rig, left, at_once=self.at_once, until=self.until):
            self._keep(part, outcome, first)
        if all(self.progress.has(part.name, str(scenario), count) for scenario in wanted):
            self.progress.add(Result(part.name, TOTAL, count, 0, first.wrong, first.seconds))

    def _keep(self, part: Part, outcome: Outcome, first: Outcome) -> None:
        reached = sum(outcome.reached)
        wrong = (described(outcome, first),) if outcome.wrong else _unreached(outcome.scenario, reached)
        for problem in wrong:
            print(f"    {problem}", flush=True)
        count = len(first.names)
        self.progress.add(Result(part.name, str(outcome.scenario), count, reached, wrong, outcome.seconds))

    def _marked_tests(self) -> None:
        """Run the tests that are marked for this tier, by a pytest of their own."""
        began = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-m", MARKED_TESTS, "--fail-on-skip", "-q", "tests"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=False, timeout=3600)
        wrong = () if done.returncode == 0 else (f"pytest ended with {done.returncode}",)
        self.progress.add(Result(MARKED, TOTAL, 1, 1, wrong, time.monotonic() - began))

    def _redis_away(self, seconds: int) -> None:
        """Take Redis away in mid-run, with the leases and sweeps of production."""
        with (
            Proxy(self.server).running() as between,
            installation(os.environ, self.rig.client_key, between, pace={}) as portal,
        ):
            found = run_through(portal, seconds)
        print(f"    the run finished {found.recovered_seconds:.1f} s after Redis was available again", flush=True)
        self.progress.add(Result(REDIS, TOTAL, 1, 1, tuple(found.wrong), found.recovered_seconds))


def _unreached(scenario: Scenario, reached: int) -> tuple[str, ...]:
    # Of several kills later ones may not be reached: the next worker starts further on, and may be done before.
    return () if reached or len(scenario.kills) > 1 else (f"{scenario}: it was not reached",)


def is_complete(progress: Progress, name: str) -> bool:
    """Tell whether all of a part has been run."""
    return any(result.scenario == TOTAL for result in progress.of(name))


def table(progress: Progress, names: Sequence[str]) -> int:
    """Print how far each part has come; return how many are not complete."""
    print(f"\n{'part':<34} {'scenarios':>9} {'reached':>8} {'broken':>7}")
    for name in names:
        results = [result for result in progress.of(name) if result.scenario != TOTAL or name in {MARKED, REDIS}]
        reached, broken = sum(result.reached for result in results), len([result for result in results if result.wrong])
        state = "complete" if is_complete(progress, name) else "not complete"
        print(f"{name:<34} {len(results):>9} {reached:>8} {broken:>7}  {state}")
    left = [name for name in names if not is_complete(progress, name)]
    print(f"{len(left)} parts are not complete. Run it again to continue." if left else "All parts are complete.")
    return len(left)
