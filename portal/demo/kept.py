"""A process of the demo that is started again when it ends, after a pause that grows while it keeps ending."""

import time
from collections.abc import Callable

from portal.local.processes import ChildProcess, DidNotStart

PAUSES = (1, 2, 4, 8, 15, 30)
STEADY_SECONDS = 60.0  # after this long it counts as healthy again

Say = Callable[[str], None]


class Kept:
    """The process that runs now, and when the next one is due."""

    def __init__(
        self,
        child: ChildProcess,
        start_again: Callable[[], ChildProcess],
        *,
        stop_seconds: float,
        say: Say,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.child = child
        self._start_again = start_again
        self._stop_seconds = stop_seconds
        self._say = say
        self._clock = clock
        self._failures = 0
        self._ended_at: float | None = None
        self._due_at = 0.0
        self._started_at = clock()

    def check(self) -> None:
        """Report a process that ended, and start the next one once its pause is over."""
        if self._ended_at is None and self.child.exit_code is not None:
            self._ended()
        elif self._ended_at is not None and self._clock() >= self._due_at:
            self._again(self._ended_at)

    def ask_to_stop(self) -> None:
        """Send the process the signal on which it ends in good order."""
        self.child.ask_to_stop()

    def stop(self) -> None:
        """End the process and everything that it started."""
        self.child.stop(seconds=self._stop_seconds)

    def _ended(self) -> None:
        now = self._clock()
        if now - self._started_at >= STEADY_SECONDS:
            self._failures = 0
        exit_code = self.child.exit_code
        self.child.stop(seconds=self._stop_seconds)  # what it started and left behind
        self._pause(now)
        self._ended_at = now
        self._say(
            f"{self.child.name} ended unexpectedly (exit code {exit_code}). It is started again in "
            f"{self._due_at - now:.0f} s. Its log: {self.child.log}"
        )

    def _again(self, ended_at: float) -> None:
        try:
            self.child = self._start_again()
        except DidNotStart as failure:
            self._pause(self._clock())
            self._say(f"{failure}\nThe next attempt is in {self._due_at - self._clock():.0f} s.")
            return
        self._started_at, self._ended_at = self._clock(), None
        self._say(f"{self.child.name} was started again after {self._started_at - ended_at:.0f} s.")

    def _pause(self, now: float) -> None:
        self._due_at = now + PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
