"""The long form of the fault suite: `python -m tests.faults` kills once everywhere, `--pairs` kills twice,
`--sleepers` stops a worker everywhere and wakes it too late, `--redis-away 150` takes Redis away for so many seconds.

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
from dataclasses import dataclass
from pathlib import Path

from tests import embedded

embedded.prepare()

import django

django.setup()

from django.conf import settings
from django.core.management import call_command

from portal.local import ministack as ministack_server
from portal.local.ministack import MiniStack
from portal.openpgp.generate import generate_keypair
from tests.faults.broker_away import run_through
from tests.faults.leaks import leaks
from tests.faults.plots import PLOTS
from tests.faults.proxy import Proxy
from tests.faults.sealing_process import PLACES
from tests.faults.sleeping import tell_asleep
from tests.faults.stage import stage
from tests.faults.story import Kill, Outcome, Rig, described, tell
from tests.faults.suite import AT_ONCE, VICTIMS, Teller, every_single_kill, told
from tests.world import Keypair, portal_identity

Stories = list[tuple[Kill, ...]]


@contextmanager
def rig() -> Iterator[tuple[Rig, MiniStack]]:
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
            settings.SLUICE_VENDOR_CERTIFICATE_FILE = certificate
            settings.SLUICE_PORTAL_PRINCIPAL_ARN = os.environ["SLUICE_PORTAL_PRINCIPAL_ARN"]
            yield Rig(folder, Keypair(*generate_keypair("Ada Northwind <ada@northwind.example>"))), server
        finally:
            server.stop()


def several_kills(count: int, *, times: int, stories: int, seed: int, makes_key: bool) -> Stories:
    """Stories with so many kills each, at places drawn by lot from all there are."""
    places = itertools.product(PLACES, VICTIMS) if makes_key else []
    inside = [Kill(sealing=f"{place}/{victims}") for place, victims in places]
    everywhere = [*(Kill(at) for at in range(1, count + 1)), *inside]
    lot = random.Random(seed)
    return [tuple(lot.choices(everywhere, k=times)) for _ in range(stories)]


@dataclass(frozen=True)
class Act:
    """One line of the table: stories of a plot, whose undisturbed run is `first`."""

    rig: Rig
    plot: str
    first: Outcome
    at_once: int

    def out(self, what: str, stories: Stories, teller: Teller = tell) -> list[Outcome]:
        """Act stories out, print their line and what was wrong."""
        began = time.monotonic()
        outcomes = list(told(self.rig, stories, plot=self.plot, teller=teller, at_once=self.at_once))
        bad = [outcome for outcome in outcomes if outcome.wrong]
        hits = sum(sum(outcome.died) for outcome in outcomes)
        took = time.monotonic() - began
        print(f"{self.plot + ': ' + what:<34} {len(stories):>7} {hits:>7} {len(bad):>7} {took:>8.0f} s", flush=True)
        for outcome in bad:
            print(f"    {described(outcome, self.first)}", flush=True)
        return bad


def whole(here: Rig, plot: str, options: argparse.Namespace) -> list[Outcome]:
    """Everything that is asked for of one plot."""
    first = next(told(here, [()], plot=plot))
    count, makes_key = len(first.names), PLOTS[plot].is_first
    act = Act(here, plot, first, options.at_once)
    for words in first.wrong:
        print(f"    undisturbed: {words}", flush=True)
    print(f"{plot}: {count} boundaries" + (f", {len(PLACES)} in the sealing process" if makes_key else ""), flush=True)
    bad = [first] if first.wrong else []
    bad += [] if options.no_singles else act.out("one kill, everywhere", every_single_kill(count, makes_key=makes_key))
    if options.pairs:
        stories = options.stories if makes_key else options.stories // 4
        for words, times, number in (("two kills, by lot", 2, stories), ("four kills, by lot", 4, stories // 5)):
            seed = options.seed + times
            bad += act.out(words, several_kills(count, times=times, stories=number, seed=seed, makes_key=makes_key))
    if options.sleepers:
        bad += act.out("asleep, everywhere", [(Kill(at),) for at in range(1, count + 1)], tell_asleep)
    return bad


def without_broker(here: Rig, server: MiniStack, seconds: int) -> list[str]:
    """Take Redis away in mid-run, at the pace of production; print and return what did not hold."""
    with Proxy(server).running() as between, stage(os.environ, here.client_key, between, pace={}) as theatre:
        found = run_through(theatre, seconds)
    said = f"over {found.recovered_seconds:.1f} s after its return; {'; '.join(found.wrong) or 'all is well'}"
    print(f"Redis away for {seconds} s in mid-run: {said}", flush=True)
    return found.wrong


def main() -> int:
    """Run what was asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--pairs", action="store_true", help="also kill two and four workers in one run, by lot")
    asked.add_argument("--sleepers", action="store_true", help="also stop a worker at every boundary and wake it late")
    asked.add_argument("--redis-away", type=int, default=0, help="also take Redis away in mid-run, for so many seconds")
    asked.add_argument("--no-singles", action="store_true", help="leave out one kill at every boundary")
    asked.add_argument("--only", choices=PLOTS, action="append", help="what the runs are for; all of them by default")
    asked.add_argument("--stories", type=int, default=1000, help="how many stories with two kills (1000)")
    asked.add_argument("--at-once", type=int, default=AT_ONCE, help=f"how many stories at once ({AT_ONCE})")
    asked.add_argument("--seed", type=int, default=1, help="what the lot is drawn from (1)")
    options = asked.parse_args()
    with rig() as (here, server):
        bad = len(without_broker(here, server, options.redis_away)) if options.redis_away else 0
        print(f"{'':<34} {'stories':>7} {'reached':>7} {'broken':>7} {'took':>10}")
        for plot in PLOTS if options.only is None else options.only:
            bad += len(whole(here, plot, options))
        secrets = here.secrets_file.read_text().split()
        found = leaks(here.log, secrets)
        print(f"\n{len(secrets)} secrets were made; found in tables, Redis, logs, homes: {found or 'nowhere'}")
    return 1 if bad or found else 0


if __name__ == "__main__":
    sys.exit(main())
