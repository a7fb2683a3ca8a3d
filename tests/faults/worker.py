"""A worker that is killed or stopped at a boundary: `CRASH_AT=17 python -m tests.faults.worker RUN_ID`.

`drive` is what a Celery worker and the sweep do together, without their waiting.
"""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from tests.faults import boundaries as numbered

SEALER = "onboarding.credentials.sealer"
LONG_AGO = timedelta(seconds=1)


def drive(run_id: int, *, turns: int = 40) -> str:
    """Advance a run until it is over, and return its state; a lease is waited for, never taken."""
    from onboarding.integrations.context_factory import open_run
    from onboarding.models.run import Run
    from onboarding.provisioning import engine

    for _ in range(turns):
        run = Run.objects.get(pk=run_id)
        if run.status.is_over:
            break
        hurry(run_id)
        engine.advance(run_id, open_run)
    return str(Run.objects.values_list("state", flat=True).get(pk=run_id))


def hurry(run_id: int) -> None:
    """Let whatever the run waits for be due now, and what was intended be so old that AWS would know it."""
    from onboarding.models.resource import Resource
    from onboarding.models.run import Run, Step

    now = timezone.now()
    Resource.objects.filter(integration__runs=run_id, state="intended").update(intended_at=now - timedelta(minutes=1))
    Step.objects.filter(run_id=run_id, state="waiting").update(retry_at=now)
    Run.objects.filter(pk=run_id).update(due_at=now)


def end_lease(run_id: int) -> None:
    """Let the lease of a dead or sleeping worker be over."""
    from onboarding.models.run import Run

    Run.objects.filter(pk=run_id).update(lease_until=timezone.now() - LONG_AGO)


def with_test_sealer() -> None:
    """Start the sealing process with boundaries of its own from now on (tests.faults.sealing_process)."""
    from onboarding.credentials import sealer_client

    real = subprocess.Popen

    class Popen(real):
        def __init__(self, command, *args, **kwargs) -> None:
            swapped = ["tests.faults.sealing_process" if part == SEALER else part for part in command]
            super().__init__(swapped, *args, **kwargs)

    sealer_client.subprocess.Popen = Popen


def main() -> None:
    import django

    django.setup()
    with_test_sealer()
    trail = os.environ.get("BOUNDARY_TRAIL")
    how = signal.Signals[os.environ.get("CRASH_SIGNAL", "SIGKILL")]
    watched = numbered.Boundaries(int(os.environ.get("CRASH_AT", "0")), how, Path(trail) if trail else None)
    numbered.install(watched)
    began = time.monotonic()
    state = drive(int(sys.argv[1]))
    connection.close()
    print(f"{state} after {watched.count} boundaries, {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
