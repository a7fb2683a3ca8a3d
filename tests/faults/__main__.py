"""Every interruption of every workload, in parts: `python -m tests.faults [PART …]`.

Runs what is not done yet, for at most --minutes; the next call continues there. Ends with 1 if anything did not hold,
with 3 if something is left to do.
"""

import argparse
import os
import sys
import time

from tests import embedded

AS_STARTED = dict(os.environ)
embedded.prepare()

import django

django.setup()

from tests import database

database.install()

from tests.faults.call import Call, table
from tests.faults.leaks import leaks
from tests.faults.parts import NAMES
from tests.faults.progress import load
from tests.faults.rig import running_rig
from tests.faults.suite import AT_ONCE

BROKEN, LEFT_TO_DO = 1, 3


def parser() -> argparse.ArgumentParser:
    """Return the parser of the program."""
    program = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Run every interruption of every workload, in parts. Resumes where the last call ended.",
        epilog="Exit status: 0 complete, 1 an invariant was broken, 3 something is left to do.",
    )
    program.add_argument("parts", nargs="*", metavar="PART", help="A part to run (all). --list prints the names.")
    program.add_argument("--list", action="store_true", help="Print the progress of each part, and exit.")
    program.add_argument("--fresh", action="store_true", help="Discard earlier results.")
    minutes = "The time after which no scenario is started, in minutes (55)."
    program.add_argument("--minutes", type=float, default=55, help=minutes)
    at_once = f"The number of scenarios that run at the same time ({AT_ONCE})."
    program.add_argument("--at-once", type=int, default=AT_ONCE, metavar="NUMBER", help=at_once)
    program.add_argument("--seed", default="1", help="The seed of the random pairs (1).")
    away = "The length of the outage of Redis, in seconds (150)."
    program.add_argument("--redis-away", type=int, default=150, metavar="SECONDS", help=away)
    return program


def options() -> argparse.Namespace:
    """Read the command line."""
    given = parser().parse_args()
    if unknown := set(given.parts) - set(NAMES):
        parser().error(f"There is no part {', '.join(sorted(unknown))}. The parts are: {', '.join(NAMES)}.")
    return given


def main() -> int:
    """Run what was asked for, and print what there is so far."""
    given = options()
    progress = load(fresh=given.fresh)
    names = [name for name in NAMES if not given.parts or name in given.parts]
    found: list[str] = []
    if not given.list:
        until = time.monotonic() + given.minutes * 60
        with running_rig() as (rig, server):
            call = Call(AS_STARTED, rig, server, progress, until, given.at_once, given.seed)
            call.run(names, redis_away=given.redis_away)
            secrets = rig.secrets_file.read_text().split() if rig.secrets_file.exists() else []
            found = leaks(rig.log, secrets) if rig.log.exists() else []
            print(
                f"{len(secrets)} secrets were created; found in tables, Redis, logs or home folders: {found or 'none'}"
            )
    left = table(progress, names)
    if any(result.wrong for name in names for result in progress.of(name)) or found:
        return BROKEN
    return LEFT_TO_DO if left and not given.list else 0


if __name__ == "__main__":
    sys.exit(main())
