"""Takes a server away while AWS answers a certain call, and brings it back a while later; many in one run."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import Error, connections

from onboarding.models.run import Run
from tests.faults.proxy import Answer, Request


@dataclass(frozen=True)
class Outage:
    """At which operation's answer, how the server goes, how it comes back, and after how many seconds."""

    operation: str
    go: Callable[[], None]
    come: Callable[[], None]
    seconds: float = 1.0


@dataclass
class Outages:
    """Fault for the proxy: each outage once, one after the other; `happened` names those that did."""

    planned: list[Outage]
    happened: list[str] = field(default_factory=list)
    wrong: list[BaseException] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _timers: list[threading.Timer] = field(default_factory=list)

    def __call__(self, request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        """Carry the call out, and before its answer goes out take the server away."""
        answer = carry_out()
        with self._lock:
            outage = next((planned for planned in self.planned if planned.operation == request.operation), None)
            if outage is not None and not self._is_away():
                self.planned.remove(outage)
                self._begin(outage)
        return answer

    def end(self) -> None:
        """Wait until whatever is away has been brought back; raise what went wrong with that."""
        for timer in self._timers:
            timer.join(60)
        if self.wrong:
            raise self.wrong[0]

    def _is_away(self) -> bool:
        return any(timer.is_alive() for timer in self._timers)

    def _begin(self, outage: Outage) -> None:
        outage.go()
        self.happened.append(outage.operation)
        timer = threading.Timer(outage.seconds, self._come, [outage])
        self._timers.append(timer)
        timer.start()

    def _come(self, outage: Outage) -> None:
        try:
            outage.come()
        except BaseException as error:
            self.wrong.append(error)


def is_over(run_id: int) -> bool:
    """Tell whether a run is over; while PostgreSQL is away nobody can know, so it is not."""
    try:
        return Run.objects.get(pk=run_id).status.is_over
    except Error:
        return False
    finally:
        connections.close_all()
