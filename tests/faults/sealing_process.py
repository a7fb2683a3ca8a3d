"""The sealing process with its own boundaries, at which it, its worker, or both are killed or stopped.

Stands in for `python -m onboarding.credentials.sealer`, whose main it runs. It also keeps, in a file that only tests
know, every secret that AWS gave it, so that the search for leaks knows those that no person ever received.
"""

import os
import signal
import sys
from pathlib import Path

import botocore.client

from onboarding.credentials import sealer

PLACES = tuple(
    f"{when} {what}"
    for what in ("CreateAccessKey", "answer to mint", "PutRecord", "answer to prove")
    for when in ("before", "after")
)


def reach(place: str) -> None:
    wanted, _, victims = os.environ.get("AWS_TEST_KILL_AT", "").partition("/")
    if place != wanted or not _is_first():
        return
    for victim in victims.split("+"):
        which = os.getppid() if "worker" in victim else os.getpid()
        os.kill(which, signal.SIGSTOP if "stop" in victim else signal.SIGKILL)


def _is_first() -> bool:
    try:
        Path(os.environ["AWS_TEST_KILLED_FILE"]).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


class Answers:
    """Standard output, with a boundary before and after each answer."""

    def __init__(self) -> None:
        self.names = ["answer to mint"]

    def write(self, line: bytes) -> None:
        self.name = "answer to mint" if b'"copies"' in line else "answer to prove"
        reach(f"before {self.name}")
        sys.stdout.buffer.write(line)

    def flush(self) -> None:
        sys.stdout.buffer.flush()
        reach(f"after {self.name}")


def watched(call):
    def make(client, operation, parameters):
        reach(f"before {operation}")
        answer = call(client, operation, parameters)
        if operation == "CreateAccessKey":
            with Path(os.environ["AWS_TEST_SECRETS_FILE"]).open("a") as secrets:
                secrets.write(answer["AccessKey"]["SecretAccessKey"] + "\n")
        reach(f"after {operation}")
        return answer

    return make


def main() -> None:
    botocore.client.BaseClient._make_api_call = watched(botocore.client.BaseClient._make_api_call)
    sealer.harden()
    scratch = Path(sys.argv[1])
    sealer.serve(sys.stdin.buffer, Answers(), scratch=scratch)
    sealer.remove(scratch)


if __name__ == "__main__":
    main()
