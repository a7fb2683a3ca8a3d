"""Redis away in the middle of a run for as long as asked, with a real worker and the clock: when it is back, and empty,
the run ends by itself.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event, Lock

from onboarding.models.run import Run
from tests.faults import invariants, proxy
from tests.faults.case import new_case
from tests.faults.installation import KILLED, Installation
from tests.faults.outages import is_over
from tests.faults.proxy import Answer, Request
from tests.waiting import wait_for


@dataclass(frozen=True)
class Report:
    """How long after its return the run was over, and what did not hold; nothing when all is well."""

    recovered_seconds: float
    wrong: list[str]


class Absence:
    """Fault that takes Redis away at the answer of CreateStream, and keeps the stream from being ready until then."""

    def __init__(self, portal: Installation) -> None:
        self.portal = portal
        self.began, self.ended = Event(), Event()
        self._lock = Lock()

    def __call__(self, request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        """Carry a call out; a stream whose status is asked for meanwhile is CREATING."""
        answer = carry_out()
        with self._lock:
            if request.operation == "CreateStream" and not self.began.is_set():
                self.portal.stop_redis(KILLED)
                self.began.set()
        if request.operation != "DescribeStreamSummary" or answer.status != 200 or self.ended.is_set():
            return answer
        altered = json.loads(answer.body)
        altered["StreamDescriptionSummary"]["StreamStatus"] = "CREATING"
        return replace(answer, body=json.dumps(altered).encode())

    def end(self) -> None:
        """Bring Redis back without what it held."""
        self.portal.start_redis(emptied=True)
        self.ended.set()


def run_through(portal: Installation, seconds: float) -> Report:
    """Let a worker carry a run out whose broker is away for so many seconds, and look at what there is then."""
    case = new_case(portal.client_key)
    portal.aws.fault = absence = Absence(portal)
    with portal.worker() as worker:
        try:
            wait_for(absence.began.is_set, 60, "the first call")
            time.sleep(seconds)
            meanwhile = Run.objects.get(pk=case.run_id)
            absence.end()
            took = wait_for(lambda: is_over(case.run_id), 240, "the end of the run")
        finally:
            portal.aws.fault = proxy.no_fault
        wrong = [] if worker.exit_code is None else ["the worker ended"]
    if meanwhile.status.is_over:
        wrong.append("the run was over before Redis was back")
    return Report(took, wrong + invariants.broken(case))
