"""The parts of `make faults`: of each workload every kill, every pause and random pairs; and what takes minutes."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import suite
from tests.faults.scenario import Outcome, Scenario
from tests.faults.workloads import WORKLOADS

PAIRS, PAIRS_LATER = 400, 100
REDIS, MARKED = "redis-away", "marked-tests"
MARKED_TESTS = "faults"  # the expression that selects them


@dataclass(frozen=True)
class Part:
    """A name, and which scenarios a workload has in this part once its boundaries are known."""

    name: str
    workload: str
    scenarios: Callable[[Outcome, str], list[Scenario]]


def _kills(undisturbed: Outcome, seed: str) -> list[Scenario]:
    return suite.kills(undisturbed)


def _pauses(undisturbed: Outcome, seed: str) -> list[Scenario]:
    return suite.pauses(undisturbed)


def _pairs(undisturbed: Outcome, seed: str) -> list[Scenario]:
    count = PAIRS if WORKLOADS[undisturbed.scenario.workload].is_first else PAIRS_LATER
    pairs = suite.random_kills(undisturbed, times=2, count=count, seed=seed)
    return [*pairs, *suite.random_kills(undisturbed, times=4, count=count // 5, seed=seed)]


KINDS = {"kills": _kills, "pauses": _pauses, "pairs": _pairs}
PARTS = {
    part.name: part
    for workload in WORKLOADS
    for part in [Part(f"{workload.replace(' ', '-')}/{kind}", workload, scenarios) for kind, scenarios in KINDS.items()]
}
NAMES = (MARKED, REDIS, *PARTS)
