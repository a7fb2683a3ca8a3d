"""A worker that is killed or paused at a boundary: `CRASH_AT=17 python -m tests.faults.worker RUN_ID`.

`drive` is what a Celery worker and the sweep do together, with time passing in jumps.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from tests.faults import boundaries as numbered

_TEST_SEALER = "tests.faults.sealing_process"

if TYPE_CHECKING:  # models can be loaded only after Django's set-up, in main
    from portal.aws.credentials import AwsCredentials
    from tests.world import Keypair


def drive(
    run_id: int, *, turns: int = 40, client_key: "Keypair | None" = None, sender: "AwsCredentials | None" = None
) -> str:
    """Advance a run until it is over, and return its state; a lease is waited for, never taken.

    What follows the run, of the things of its integration, is carried out too.
    With the client's key and the vendor's sender also what follows the run: the rotation or revocation of its
    integration's access key, and the vendor's reports on its role.
    """
    from onboarding.integrations.context_factory import open_run
    from onboarding.models.run import Run
    from onboarding.provisioning import engine
    from portal import database_scope
    from tests import clock
    from tests.faults import by_role, rotations, things

    with database_scope.of_row(Run.objects.filter(pk=run_id), "integration__tenant_id"):
        for _ in range(turns):
            run = Run.objects.get(pk=run_id)
            if run.status.is_over:
                break
            with numbered.uncounted():
                clock.pass_until_due(run_id)
            engine.advance(run_id, open_run)
        things.drive(run_id)
        if client_key is not None:
            rotations.drive(run_id, client_key)
        if client_key is not None and sender is not None:
            by_role.drive(run_id, client_key, sender)
        return str(Run.objects.values_list("state", flat=True).get(pk=run_id))


def with_test_sealer() -> None:
    """Start the encrypting processes with boundaries of their own from now on (tests.faults.sealing_process)."""
    from onboarding.credentials import sealing_server_client

    if sealing_server_client.MODULE == _TEST_SEALER:
        return
    passed = sealing_server_client.environment
    sealing_server_client.MODULE = _TEST_SEALER
    sealing_server_client.environment = lambda of_worker: {**passed(of_worker), **_of_test()}


def _of_test() -> dict[str, str]:
    # The product passes none of these on.
    given = {name: value for name, value in os.environ.items() if name.startswith("AWS_TEST_")}
    return {**given, "AWS_TEST_WORKER": str(os.getpid())}


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
