"""Many stories at once, each in a process forked from one that has everything loaded."""

import logging
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.faults.sealing_process import PLACES
from tests.faults.story import Kill, Outcome, Rig, tell

AT_ONCE = 4
READS = ("Get", "List", "Describe", "Head", "AssumeRole")
Teller = Callable[[Rig, tuple[Kill, ...], str], Outcome]
VICTIMS = ("worker", "sealer", "worker+sealer")


def every_single_kill(count: int, *, makes_key: bool = True) -> list[tuple[Kill, ...]]:
    """One story for each boundary of the worker, and three for each of its sealing process where a key is made."""
    return [(Kill(at),) for at in range(1, count + 1)] + (kills_while_sealing() if makes_key else [])


def kills_while_sealing() -> list[tuple[Kill, ...]]:
    """Three stories for each place of the sealing process: it dies, its worker dies, both die."""
    return [(Kill(sealing=f"{place}/{victims}"),) for place in PLACES for victims in VICTIMS]


def sample(names: Sequence[str], every: int = 20) -> list[tuple[Kill, ...]]:
    """A sample of boundaries: the first of every kind that changes something in AWS, and every twentieth of all."""
    first = {name: at for at, name in reversed(list(enumerate(names, start=1)))}
    writes = {at for name, at in first.items() if not name.split()[-1].startswith(READS)}
    return [(Kill(at),) for at in sorted(writes | set(range(1, len(names) + 1, every)))]


def told(
    rig: Rig,
    stories: Iterable[tuple[Kill, ...]],
    *,
    plot: str = "set up",
    teller: Teller = tell,
    at_once: int = AT_ONCE,
) -> Iterator[Outcome]:
    """Act stories out, several at once; yields outcomes as they come. `teller` tells one: of kills, or of a sleeper."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.preloaded"])
    with ProcessPoolExecutor(at_once, mp_context=context, initializer=_prepared, initargs=(rig,)) as pool:
        waiting = [pool.submit(_told, teller, rig, kills, plot) for kills in stories]
        for future in as_completed(waiting):
            yield future.result()


def _prepared(rig: Rig) -> None:
    from tests.faults import preloaded  # noqa: F401  (loaded by the server already, unless that failed)

    logging.basicConfig(level=logging.DEBUG, filename=rig.log, force=True)


def _told(teller: Teller, rig: Rig, kills: tuple[Kill, ...], plot: str) -> Outcome:
    return teller(rig, kills, plot)
