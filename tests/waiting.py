"""How tests wait for what another thread or process does: until it is seen, never for a guessed time."""

import time
from collections.abc import Callable


def wait_for(holds: Callable[[], object], seconds: float = 20.0, what: str = "it") -> float:
    """Return after how many seconds something holds; fail when it takes longer."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began
