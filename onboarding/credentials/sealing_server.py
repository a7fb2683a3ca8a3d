"""Forks the encrypting processes, one for each new secret: `python -m onboarding.credentials.sealing_server SOCKET`.

It has loaded what they need, AWS's SDK above all, so that one costs milliseconds and a few megabytes. It is started by
a worker (sealing_server_client.py), knows none of the portal's secrets and none of the new ones, runs one thread, and
ends when the worker's end of the socket is closed and its last child has ended.

A request is one line of JSON: `{"fork": {"scratch": …, "environment": …, "region": …}}` with one end of a socket, which
becomes the child's input and output, or `{"end": PID}`. Each is answered by one line, `{"pid": …}` of the child.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from onboarding.credentials import sealer
from portal.aws.errors import AwsFault
from portal.aws.session import AwsSession
from portal.openpgp.homes import remove

_LARGEST = 1 << 18
_LAST_SECONDS = 60.0


def main(descriptor: int) -> None:
    """Serve until the worker has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker ends it, and a terminal's Ctrl-C is for the worker
    sealer.harden()
    load()
    with socket.socket(fileno=descriptor) as worker:
        server = SealingServer(worker)
        server.serve()
    server.wait_for_children(_LAST_SECONDS)


def load(region: str = "us-east-1") -> None:
    """Load what every child needs in a Region, and keep the collection of garbage from writing to it."""
    no_one = AwsSession(region=region)
    with suppress(AwsFault):  # a Region that AWS's SDK does not know: the child's own call says so
        no_one.preload("iam", single_attempt=True)
        no_one.preload("kinesis")
    gc.collect()
    gc.freeze()


class SealingServer:
    """Its children, and what it is asked to do with them. None is reaped unasked, so no number is another process's."""

    def __init__(self, worker: socket.socket) -> None:
        self._worker = worker
        self._children: set[int] = set()
        self._regions: set[str] = set()

    def serve(self) -> None:
        """Answer requests until the other end is closed."""
        while True:
            text, files, _, _ = socket.recv_fds(self._worker, _LARGEST, 1)
            while text and not text.endswith(b"\n"):
                text += self._worker.recv(_LARGEST)
            if not text:
                return
            answer = self._answer(json.loads(text), files)
            for file in files:
                os.close(file)
            with suppress(BrokenPipeError, ConnectionResetError):
                self._worker.sendall(json.dumps(answer).encode() + b"\n")

    def _answer(self, request: Mapping[str, Any], files: list[int]) -> dict[str, int]:
        if "fork" in request:
            return {"pid": self._fork(request["fork"], files[0])}
        return {"pid": self._end(int(request["end"]))}

    def _fork(self, wanted: Mapping[str, Any], channel: int) -> int:
        if wanted["region"] not in self._regions:
            self._regions.add(wanted["region"])
            load(wanted["region"])
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            self._worker.close()
            _be_child(parent, wanted, channel)
        with suppress(OSError):  # both sides do it, so that the group exists for the side that needs it first
            os.setpgid(child, child)
        self._children.add(child)
        return child

    def _end(self, child: int) -> int:
        if child in self._children:
            os.killpg(child, signal.SIGKILL)  # GnuPG goes too
            os.waitpid(child, 0)
            self._children.discard(child)
        return child

    def wait_for_children(self, seconds: float) -> None:
        """Wait for the children to end by themselves: each finds its channel closed, and discards what it created."""
        while self._children and seconds > 0:
            for child in list(self._children):
                if os.waitpid(child, os.WNOHANG)[0]:
                    self._children.discard(child)
            select.select([], [], [], 0.05)
            seconds -= 0.05


def _be_child(parent: int, wanted: Mapping[str, Any], channel: int) -> None:
    ended = 1
    try:
        os.setpgid(0, 0)  # GnuPG and the forks for its operations belong to it
        sealer.harden()
        sealer.limit_life(parent)
        gc.disable()
        os.environ.clear()
        os.environ.update(wanted["environment"])
        _serve(channel, Path(wanted["scratch"]))
        ended = 0
    finally:
        os._exit(ended)


def _serve(channel: int, scratch: Path) -> None:
    # After a fork nothing but the channel is this process's own.
    connected = socket.socket(fileno=channel)
    with connected, connected.makefile("rb") as requests, connected.makefile("wb") as answers, suppress(OSError):
        sealer.serve(requests, answers, scratch=scratch, operate=sealer.apart)
    remove(scratch)  # the worker removes it too, unless it was killed


if __name__ == "__main__":
    main(int(sys.argv[1]))
