"""How many new keys a worker holds at the same time, and when a run that found no place tries again.

Each new secret is held by a process of its own for about ten seconds, until AWS knows the key. A limit below the number
of threads leaves threads for everything else that is due: streams, policies and deliveries of the runs that wait for a
place begin meanwhile, and the memory of the worker has a limit.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

# 3.5 MB each. At least one place in eight stays free of a tenant's keys, as with threads (provisioning/fair_share.py).
HELD_AT_ONCE = 60
_PLACES_FOR_ONE_FREE = 8
# From the creation of a key until it has put its record, as a rule. A wrong figure costs questions, or seconds.
USUALLY_HELD_SECONDS = 12.0
SHORTEST_WAIT_SECONDS = 0.5
# Who has not come back for so long was cancelled, or goes on in another worker.
_FORGOTTEN_AFTER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose key it is: a run and its tenant."""

    run_id: int
    tenant_id: int


class KeyPlaces:
    """The places of one worker, for threads. `clock` returns seconds that only grow."""

    def __init__(self, places: int = HELD_AT_ONCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = places
        self._most_of_one_tenant = max(1, places - max(1, places // _PLACES_FOR_ONE_FREE))
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[Holder, float] = {}
        self._waiting: dict[Holder, float] = {}

    def take(self, holder: Holder) -> float:
        """Take a place, and return 0; or return in how many seconds there will probably be one for this run.

        Who asks when a place is free gets it; the times in the answers are in the order of the first questions. A run
        that has a place keeps it.
        """
        with self._lock:
            now = self._clock()
            if holder in self._held:
                return 0.0
            if self._has_place_for(holder.tenant_id):
                self._waiting.pop(holder, None)
                self._held[holder] = now
                return 0.0
            return self._wait(holder, now)

    def leave(self, holder: Holder) -> None:
        """Give the place back, if the run has one."""
        with self._lock:
            self._held.pop(holder, None)

    def _has_place_for(self, tenant_id: int) -> bool:
        of_tenant = sum(holder.tenant_id == tenant_id for holder in self._held)
        return len(self._held) < self._most and of_tenant < self._most_of_one_tenant

    def _wait(self, holder: Holder, now: float) -> float:
        """Return when the place of one that came before becomes free: each of them is followed by one who waits."""
        self._waiting = {
            other: until for other, until in self._waiting.items() if until + _FORGOTTEN_AFTER_SECONDS > now
        }
        own = [other for other in self._waiting if other.tenant_id == holder.tenant_id]
        ahead = own.index(holder) if holder in self._waiting else len(own)
        began = sorted(at for other, at in self._held.items() if other.tenant_id == holder.tenant_id)
        began = began or sorted(self._held.values())
        rounds, place = divmod(ahead, len(began))
        seconds = began[place] + (1 + rounds) * USUALLY_HELD_SECONDS - now
        seconds = max(SHORTEST_WAIT_SECONDS, seconds)
        self._waiting[holder] = now + seconds
        return seconds


PLACES = KeyPlaces()
