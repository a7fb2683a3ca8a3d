"""Runs the commands of `portal.demo.aws_cli` in forks of one process that has loaded boto3 already.

A script of Sluice runs some forty commands, and loading boto3 takes longer than each. The program `aws` only hands its
arguments, environment and open files to this server, and starts it where it does not run. The server ends by itself.
"""

import array
import fcntl
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from portal.aws.session import AwsSession
from portal.demo import aws_cli

IDLE_SECONDS = 20
_LARGEST_REQUEST = 4 * 1024 * 1024
_PRELOADED = ("iam", "kinesis", "firehose", "s3", "logs", "kms", "sts")


def serve(address: Path) -> None:
    """Carry out commands until none came for `IDLE_SECONDS`; returns at once where another server has the address."""
    with address.with_suffix(".lock").open("w") as lock, socket.socket(socket.AF_UNIX) as server:
        if not _is_alone(lock):
            return
        address.unlink(missing_ok=True)  # a server that was killed left it
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel then removes forks that have ended
        _preload()
        server.bind(str(address))
        server.listen(16)
        _carry_out(server, IDLE_SECONDS, lock)
        address.unlink(missing_ok=True)
        _carry_out(server, 0.1, lock)  # who connected before that is answered too


def _carry_out(server: socket.socket, idle_seconds: float, lock: TextIO) -> None:
    server.settimeout(idle_seconds)
    with suppress(TimeoutError):
        while True:
            connection, _ = server.accept()
            with connection:
                if os.fork() == 0:
                    server.close()
                    lock.close()
                    os._exit(_answered(connection))


def _is_alone(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _preload() -> None:
    session = AwsSession(region="us-east-1")
    for service in _PRELOADED:
        session.client(service)


def _answered(connection: socket.socket) -> int:
    """Run one command as the process that asked for it would, and send its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        status = _run(*_received(connection))
    except BaseException as fault:  # whatever it is, the program waits for an exit status
        print(f"{type(fault).__name__}: {fault}", file=sys.stderr)
        status = 255
    with suppress(OSError):  # it may have ended
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(bytes([status]))
    return status


def _run(request: dict[str, Any], files: list[int]) -> int:
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    return aws_cli.main(request["arguments"])


def _received(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    files = array.array("i")
    message, ancillary, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(3 * files.itemsize))
    for _, _, data in ancillary:
        files.frombytes(data)
    while not message.endswith(b"\n") and len(message) < _LARGEST_REQUEST:
        part = connection.recv(65536)
        if not part:
            raise EOFError("The program that asked has ended.")
        message += part
    request: dict[str, Any] = json.loads(message)
    return request, list(files)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
