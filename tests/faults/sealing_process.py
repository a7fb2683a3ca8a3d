"""The encrypting processes with boundaries of their own, at which they, their server or their worker end or stop.

Stands in for `python -m onboarding.credentials.sealing_server`, whose main it runs. It also keeps, in a file that only
tests know, every secret that AWS gave it, so that the search for leaks knows those that no person ever received.
"""

import base64
import gzip
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import botocore.client

from onboarding.credentials import sealer, sealing_server

PLACES = tuple(
    f"{when} {what}"
    for what in ("CreateAccessKey", "answer to mint", "PutRecord", "answer to prove")
    for when in ("before", "after")
)
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "hexadecimal": lambda secret: secret.hex().encode(),
    "base64": lambda secret: base64.b64encode(b"x" + secret + b"xy"),
    "UTF-16": lambda secret: secret.decode().encode("utf-16"),
    "gzip": gzip.compress,
}


def reach(place: str) -> None:
    wanted, _, victims = os.environ.get("AWS_TEST_KILL_AT", "").partition("/")
    if place != wanted or not _is_first():
        return
    for victim in sorted(
        victims.split("+"), key=lambda name: "sealer" in name or "operation" in name
    ):  # this process ends
        how = signal.SIGSTOP if "stop" in victim else signal.SIGKILL
        if "sealer" in victim:
            os.killpg(os.getpgid(0), how)  # the process that holds, and the one that it forked for the operation
        elif "operation" in victim:
            os.kill(os.getpid(), how)
        else:
            os.kill(int(os.environ["AWS_TEST_WORKER" if "worker" in victim else "AWS_TEST_SERVER"]), how)


def _is_first() -> bool:
    try:
        Path(os.environ["AWS_TEST_KILLED_FILE"]).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


class Answers:
    """The channel to the worker, with a boundary before and after each answer."""

    def __init__(self, channel: BinaryIO) -> None:
        self.channel = channel

    def write(self, line: bytes) -> None:
        self.name = "answer to mint" if b'"copies"' in line else "answer to prove"
        reach(f"before {self.name}")
        self.channel.write(line)

    def flush(self) -> None:
        self.channel.flush()
        reach(f"after {self.name}")


def plant(secret: bytes) -> None:
    """Write a secret into the log, if a test of the search for leaks wants that."""
    if form := os.environ.get("AWS_TEST_PLANTED"):
        with Path(os.environ["AWS_TEST_SECRETS_FILE"]).with_name("workers.log").open("ab") as log:
            log.write(FORMS[form](secret))


def watched(call):
    def make(client, operation, parameters):
        reach(f"before {operation}")
        answer = call(client, operation, parameters)
        if operation == "CreateAccessKey":
            secret = answer["AccessKey"]["SecretAccessKey"]
            with Path(os.environ["AWS_TEST_SECRETS_FILE"]).open("a") as secrets:
                secrets.write(secret + "\n")
            plant(secret.encode())
        reach(f"after {operation}")
        return answer

    return make


def main() -> None:
    botocore.client.BaseClient._make_api_call = watched(botocore.client.BaseClient._make_api_call)
    serve = sealer.serve

    def watched_serve(requests: BinaryIO, answers: BinaryIO, **options: object) -> None:
        os.environ["AWS_TEST_SERVER"] = str(os.getppid())
        serve(requests, Answers(answers), **options)

    sealer.serve = watched_serve
    sealing_server.main(int(sys.argv[1]))


if __name__ == "__main__":
    main()
