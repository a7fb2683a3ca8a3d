"""Turns for what needs CPU and memory in the encrypting processes: so many at once, and no one waits for what hangs."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """At most `at_once` turns for the threads of one worker, in the order in which they were asked for.

    Who waits goes without a turn as soon as none was given back for `patience` seconds: an AWS that does not answer
    some tenants must not stop the others. While turns are given back, waiting is what keeps the memory within its
    limit, and lasts at most `longest` seconds.
    """

    def __init__(self, at_once: int, *, patience: float = 5.0, longest: float = 20.0) -> None:
        self._free = at_once
        self._patience, self._longest = patience, longest
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._given_back = 0

    @property
    def waiting(self) -> int:
        """Return how many threads wait for a turn."""
        return len(self._waiting)

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Wait for a turn and keep it for the block; yield whether there was one."""
        has_turn = self._take()
        try:
            yield has_turn
        finally:
            if has_turn:
                self._give_back()

    def _take(self) -> bool:
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return True
            own = threading.Event()
            self._waiting.append(own)
        waited = 0.0
        while waited < self._longest:
            before = self._given_back
            if own.wait(self._patience):
                return True
            waited += self._patience
            if self._given_back == before:
                break
        return self._has_come(own)

    def _has_come(self, own: threading.Event) -> bool:
        """Stop waiting; return whether the turn came at the last moment."""
        with self._lock:
            if own.is_set():
                return True
            self._waiting.remove(own)
            return False

    def _give_back(self) -> None:
        with self._lock:
            self._given_back += 1
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
