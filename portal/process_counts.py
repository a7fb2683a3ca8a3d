"""Counts in this process alone: for a limit that must hold while Redis is away."""

import time
from collections.abc import Callable
from threading import Lock

MOST_KEYS = 10_000


class ProcessCounts:
    """How often each key was used within its time; the oldest keys are forgotten beyond ten thousand."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._counts: dict[str, tuple[int, float]] = {}

    def use(self, key: str, seconds: int) -> tuple[int, int]:
        """Count a use; return how many there were, and the seconds until they are forgotten."""
        with self._lock:
            now = self._clock()
            count, until = self._counts.pop(key, (0, 0.0))
            if until <= now:
                count, until = 0, now + seconds
            self._counts[key] = (count + 1, until)
            while len(self._counts) > MOST_KEYS:
                del self._counts[next(iter(self._counts))]
            return count + 1, max(1, round(until - now))

    def take_back(self, key: str) -> None:
        """Take the last use back."""
        with self._lock:
            count, until = self._counts.get(key, (0, 0.0))
            if count:
                self._counts[key] = (count - 1, until)
