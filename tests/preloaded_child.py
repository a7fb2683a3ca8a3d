"""Forks children with their imports done: `python -m tests.preloaded_child MODULE SOCKET`, for tests/quick_children.py.

Each request has the arguments, the environment and the directory of a child in JSON, and comes with the child's
standard input and output and a pipe for its exit status. The child answers with its process ID, then runs the module's
`main` as `python -m MODULE` does.
"""

import importlib
import json
import os
import signal
import socket
import sys
from contextlib import suppress

MAX_REQUEST = 1 << 20


def main(module: str, number: int) -> None:
    """Serve until the other end of the socket is closed."""
    loaded = importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombie remains of a monitor
    requests = socket.socket(fileno=number)
    while True:
        text, files, _, _ = socket.recv_fds(requests, MAX_REQUEST, 3)
        if not text:
            return
        if os.fork() == 0:
            _monitor(loaded, json.loads(text), requests, files)
        for file in files:
            os.close(file)


def _monitor(loaded, request: dict, requests: socket.socket, files: list[int]) -> None:
    """Start the child and report how it ended, as only its parent learns that."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        _become(loaded, request, requests, files)
    # Whoever reads from the child must see the end of its output while this process still waits.
    os.close(files[0])
    os.close(files[1])
    requests.close()
    _, status = os.waitpid(child, 0)
    with suppress(OSError):
        os.write(files[2], str(status).encode())
    os._exit(0)


def _become(loaded, request: dict, requests: socket.socket, files: list[int]) -> None:
    ended = 1
    try:
        os.setsid()
        os.dup2(files[0], 0)
        os.dup2(files[1], 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        if request["directory"]:
            os.chdir(request["directory"])
        os.environ.clear()
        os.environ.update(request["environment"])
        requests.send(str(os.getpid()).encode())
        requests.close()
        os.closerange(3, 256)
        loaded.main(request["arguments"])
        with suppress(ValueError):  # it is closed
            sys.stdout.flush()
        ended = 0
    except SystemExit as left:
        ended = left.code if isinstance(left.code, int) else 1
    finally:
        os._exit(ended)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
