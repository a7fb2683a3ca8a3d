"""A storm: AWS throttles, fails, loses answers, is slow, and IAM denies what is about something new, all at once."""

import random
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from tests.faults.proxy import Answer, Lost, Request

THROTTLED, FAILED, LOST = 0.05, 0.02, 0.02
LONGEST_SECONDS = 0.02
NOT_YET_KNOWN = 2  # calls about a new user or role that IAM denies
CREATES = {"CreateUser": "UserName", "CreateRole": "RoleName"}


class Storm:
    """A fault of the proxy that differs by its seed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._denials: dict[str, int] = {}

    def __call__(self, request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        """Answer as AWS does in bad weather."""
        with self._lock:
            drawn, pause = self._dice.random(), self._dice.random() * LONGEST_SECONDS
        time.sleep(pause)
        if drawn < THROTTLED:
            return _throttled(request)
        if drawn < THROTTLED + FAILED:
            return request.error(500, "InternalFailure" if request.dialect != "s3" else "InternalError")
        if self._is_not_known_yet(request):
            return request.error(403, "AccessDenied", "User: x is not authorized to perform: iam:x on resource: y")
        answer = carry_out()
        self._note_creation(request, answer)
        if drawn < THROTTLED + FAILED + LOST:
            raise Lost
        return answer

    def _is_not_known_yet(self, request: Request) -> bool:
        # A create names its path, so a right held to that path covers it: repeated after a lost answer, it conflicts.
        if request.dialect != "query" or request.operation in CREATES:
            return False
        with self._lock:
            for name in _named(request) & self._denials.keys():
                self._denials[name] -= 1
                if self._denials[name] >= 0:
                    return True
        return False

    def _note_creation(self, request: Request, answer: Answer) -> None:
        if request.operation in CREATES and answer.status == 200:
            with self._lock:
                self._denials[parse_qs(request.body.decode())[CREATES[request.operation]][0]] = NOT_YET_KNOWN


def _throttled(request: Request) -> Answer:
    if request.dialect == "s3":
        return request.error(503, "SlowDown", "Please reduce your request rate.")
    return request.error(400, "ThrottlingException", "Rate exceeded")


def _named(request: Request) -> set[str]:
    given = parse_qs(request.body.decode())
    return {value for name in CREATES.values() for value in given.get(name, [])}
