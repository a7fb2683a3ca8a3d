"""Which run a worker continues next: a message says that a run is due, and PostgreSQL says whose turn it is.

Of the tenants with runs that are due, the one with the fewest runs at work goes first. On each machine one thread in
eight, and at least one, stays free of a tenant's runs, so that another tenant's first run never waits for all of them.
See docs/decisions/0025-lanes-and-fair-shares.md.
"""

from dataclasses import dataclass

from onboarding.provisioning import next_turn
from onboarding.provisioning.claims import Claim

_THREADS_FOR_ONE_FREE = 8


@dataclass
class Machine:
    """This machine's worker: how many threads it has; 0 where no worker runs, and then nothing is limited.

    `has_passed` is whether a message may have passed without effect, since its tenant was at its limit.
    """

    threads: int = 0
    has_passed: bool = False

    @property
    def most_of_one_tenant(self) -> int | None:
        """Return how many runs of one tenant may be at work here at the same time, or None for no limit."""
        if self.threads < 2:
            return None
        return self.threads - max(1, self.threads // _THREADS_FOR_ONE_FREE)


MACHINE = Machine()


def acquire(hinted: int) -> Claim | None:
    """Claim the run whose turn it is: the hinted one if its tenant is next; None when no run is due."""
    claimed = next_turn.claim(hinted, MACHINE.most_of_one_tenant)
    if claimed is None:
        # Noted, then looked again: a turn that ends between both looks is seen here, one that ends later sees the note.
        MACHINE.has_passed = True
        claimed = next_turn.claim(hinted, MACHINE.most_of_one_tenant)
    return claimed


def next_run() -> int | None:
    """Return the run whose turn it is, or None; of one tenant the one that has been due for longest."""
    return next_turn.look(0, MACHINE.most_of_one_tenant)


def passed_run() -> int | None:
    """Return a run whose message passed without effect and that can be continued by now, or None."""
    if MACHINE.most_of_one_tenant is None or not MACHINE.has_passed:
        return None
    MACHINE.has_passed = False
    waiting = next_run()
    if waiting is not None:
        MACHINE.has_passed = True  # there may be more
    return waiting
