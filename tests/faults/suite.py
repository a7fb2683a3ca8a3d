"""Many stories at once, each in a process forked from one that has everything loaded."""

import logging
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.faults.sealing_process import PLACES
from tests.faults.story import Kill, Outcome, Rig, tell

AT_ONCE = 4
VICTIMS = ("worker", "sealer", "worker+sealer")


def every_single_kill(count: int, *, makes_key: bool = True) -> list[tuple[Kill, ...]]:
    """One story for each boundary of the worker, and three for each of its sealing process where a key is made."""
    inside = [Kill(sealing=f"{place}/{victims}") for place in PLACES for victims in VICTIMS] if makes_key else []
    return [(Kill(at),) for at in range(1, count + 1)] + [(kill,) for kill in inside]


def told(
    rig: Rig, stories: Iterable[tuple[Kill, ...]], *, plot: str = "set up", at_once: int = AT_ONCE
) -> Iterator[Outcome]:
    """Act stories out, several at once; yields outcomes as they come."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.preloaded"])
    with ProcessPoolExecutor(at_once, mp_context=context, initializer=_prepared, initargs=(rig,)) as pool:
        waiting = [pool.submit(_told, tell, rig, kills, plot) for kills in stories]
        for future in as_completed(waiting):
            yield future.result()


def _prepared(rig: Rig) -> None:
    from tests.faults import preloaded  # noqa: F401  (loaded by the server already, unless that failed)

    logging.basicConfig(level=logging.DEBUG, filename=rig.log, force=True)


def _told(
    tell: Callable[[Rig, tuple[Kill, ...], str], Outcome], rig: Rig, kills: tuple[Kill, ...], plot: str
) -> Outcome:
    return tell(rig, kills, plot)
