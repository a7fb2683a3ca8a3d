"""What one turn of reading may use. It ends reading at once when no page waits any more, or someone cancelled it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from monitoring.history.batches import Stopped

TURN_SECONDS = 20.0
MOST_BYTES = 256 * 1024 * 1024  # that are read, of which a filter holds 32 MiB (`search`)
_SLICE_SECONDS = 0.2


@dataclass(slots=True)
class Work:
    """Counts reads and bytes. `until` is a reading of `clock`, in seconds."""

    until: float
    goes_on: Callable[[], bool]
    reads: int = 0
    read_bytes: int = 0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def check(self) -> None:
        """Raise Stopped when nothing more may be read now."""
        if self.clock() >= self.until or self.read_bytes >= MOST_BYTES or not self.goes_on():
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Wait for a shard's turn, and notice at once that no one waits for the page; raises Stopped."""
        until = self.clock() + seconds
        if until >= self.until:
            raise Stopped
        while (left := until - self.clock()) > 0:
            self.check()
            self.sleep(min(_SLICE_SECONDS, left))

    def count(self, read_bytes: int) -> None:
        """Count a read."""
        self.reads += 1
        self.read_bytes += read_bytes
