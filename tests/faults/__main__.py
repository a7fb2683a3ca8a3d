"""The long form of the fault suite: `python -m tests.faults` kills once everywhere, `--pairs` kills twice.

Prints a table and ends with 1 if anything did not hold.
"""

import argparse
import itertools
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import embedded

embedded.prepare()

import django  # noqa: E402  (its settings need what was prepared)

django.setup()

from django.core.management import call_command  # noqa: E402

from portal.local import ministack as ministack_server  # noqa: E402
from portal.openpgp.generate import generate_keypair  # noqa: E402
from tests.faults.leaks import leaks  # noqa: E402
from tests.faults.sealing_process import PLACES  # noqa: E402
from tests.faults.story import Kill, Outcome, Rig  # noqa: E402
from tests.faults.suite import VICTIMS, every_single_kill, told  # noqa: E402
from tests.world import Keypair, portal_identity  # noqa: E402

Stories = list[tuple[Kill, ...]]


@contextmanager
def rig() -> Iterator[Rig]:
    """Databases and an emulator of their own, and the environment that leads to them."""
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory(prefix="sluice-faults-") as name:
        folder = Path(name)
        server = ministack_server.start(folder / "aws", log=folder / "ministack.log")
        try:
            os.environ |= server.environment
            os.environ |= portal_identity(server)
            certificate = folder / "delivery.asc"
            certificate.write_text(generate_keypair("Sensor network delivery <delivery@vendor.example>")[0])
            os.environ |= {"SLUICE_VENDOR_CERTIFICATE_FILE": str(certificate), "SLUICE_LOG_LEVEL": "DEBUG"}
            yield Rig(folder, Keypair(*generate_keypair("Ada Northwind <ada@northwind.example>")))
        finally:
            server.stop()


def several_kills(count: int, *, times: int, stories: int, seed: int) -> Stories:
    """Stories with so many kills each, at places drawn by lot from all there are."""
    inside = [Kill(sealing=f"{place}/{victims}") for place, victims in itertools.product(PLACES, VICTIMS)]
    everywhere = [*(Kill(at) for at in range(1, count + 1)), *inside]
    lot = random.Random(seed)
    return [tuple(lot.choices(everywhere, k=times)) for _ in range(stories)]


def acted(what: str, here: Rig, stories: Stories, names: tuple[str, ...]) -> list[Outcome]:
    """Act stories out, print their line of the table and what was wrong."""
    began = time.monotonic()
    outcomes = list(told(here, stories))
    bad = [outcome for outcome in outcomes if outcome.wrong]
    deaths = sum(sum(outcome.died) for outcome in outcomes)
    took = time.monotonic() - began
    print(f"{what:<34} {len(stories):>7} {deaths:>7} {len(bad):>7} {took:>8.0f} s", flush=True)
    for outcome in bad:
        at = ", ".join(kill.sealing or f"{kill.at} ({names[kill.at - 1]})" for kill in outcome.kills)
        print(f"    {at}: {'; '.join(outcome.wrong)}")
    return bad


def main() -> int:
    """Run what was asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--pairs", action="store_true", help="also kill two and four workers in one run, by lot")
    asked.add_argument("--stories", type=int, default=1000, help="how many stories with two kills (1000)")
    asked.add_argument("--seed", type=int, default=1, help="what the lot is drawn from (1)")
    options = asked.parse_args()
    with rig() as here:
        names = next(told(here, [()])).names
        print(f"{len(names)} boundaries in the worker, {len(PLACES)} in the sealing process\n")
        print(f"{'':<34} {'stories':>7} {'kills':>7} {'broken':>7} {'took':>10}")
        bad = acted("one kill, everywhere", here, every_single_kill(len(names)), names)
        if options.pairs:
            two = several_kills(len(names), times=2, stories=options.stories, seed=options.seed)
            four = several_kills(len(names), times=4, stories=options.stories // 5, seed=options.seed + 1)
            bad += acted("two kills, by lot", here, two, names) + acted("four kills, by lot", here, four, names)
        secrets = here.secrets_file.read_text().split()
        found = leaks(here.log, secrets)
        print(f"\n{len(secrets)} secrets were made; found in tables, Redis, logs, homes: {found or 'nowhere'}")
    return 1 if bad or found else 0


if __name__ == "__main__":
    sys.exit(main())
