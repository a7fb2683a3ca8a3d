"""How many certificates are checked at once on this machine, by all of its processes together.

Each check is a process of its own with GnuPG in it. Without a limit, eighty of them would each take as long as eighty
checks, and reach their limits of time through no fault of the keys.
"""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.openpgp.homes import home_base

# A check also waits: for GnuPG to start, and for its answer.
SLOTS = max(4, 2 * (os.cpu_count() or 1))
_POLL_SECONDS = 0.05


class NoFreeSlot(Exception):
    """As many checks are running as this machine may run at once."""


@contextmanager
def check_slot(*, seconds: float) -> Iterator[None]:
    """Hold one of the slots. Waits for one at most `seconds`; raises NoFreeSlot, or OSError if none can be created."""
    descriptor = _free_slot(_folder(), time.monotonic() + seconds)
    try:
        yield
    finally:
        os.close(descriptor)  # which releases the lock; so does the end of the process


def _folder() -> Path:
    folder = home_base() / f"sluice-checks-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _free_slot(folder: Path, deadline: float) -> int:
    while True:
        for number in random.sample(range(SLOTS), SLOTS):
            descriptor = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            os.close(descriptor)
        if time.monotonic() >= deadline:
            raise NoFreeSlot
        time.sleep(_POLL_SECONDS)
