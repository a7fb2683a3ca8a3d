"""The child processes of the product, forked from a process that has their imports done: half a second less for a key.

What runs is the product's own `main`, with the same environment, limits and session. The tests of these processes
themselves start them as the product does (without this).
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

# Each has a server of its own, so that the limits of one child are not used up by what another imports.
MODULES = ("portal.openpgp.examiner",)
STARTED_AS_USUAL = subprocess.Popen
_lock = threading.Lock()
# By the process that started them too: one that is forked by a test does not share its parent's.
_servers: dict[tuple[int, str], socket.socket] = {}


@contextmanager
def installed() -> Iterator[None]:
    """Fork those children for the time of a block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", QuickChild)
        yield


class QuickChild(STARTED_AS_USUAL):
    """A Popen that forks the modules above, and starts everything else as usual."""

    _status: int | None = None

    def _execute_child(self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *rest) -> None:
        is_module = isinstance(args, list) and args[:2] == [sys.executable, "-m"] and args[2] in MODULES
        if not is_module:
            super()._execute_child(args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *rest)
            return
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite = rest[3:9]
        self._status, status_for_monitor = os.pipe()
        request = {"arguments": args[3:], "environment": env, "directory": cwd and os.fspath(cwd)}
        with _lock:
            server = _server(args[2], env)
            socket.send_fds(server, [json.dumps(request).encode()], [p2cread, c2pwrite, status_for_monitor])
            self.pid = int(server.recv(20))
        os.close(status_for_monitor)
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)

    def _internal_poll(self, _deadstate=None, **unused) -> int | None:
        if self._status is None:
            return super()._internal_poll(_deadstate, **unused)
        if self.returncode is None and self._waitpid_lock.acquire(False):
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)
            finally:
                self._waitpid_lock.release()
        return self.returncode

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if self._status is None:
            return super()._try_wait(wait_flags)
        if not select.select([self._status], [], [], 0 if wait_flags & os.WNOHANG else None)[0]:
            return 0, 0
        ended = os.read(self._status, 20)
        os.close(self._status)
        return self.pid, int(ended or signal.SIGKILL)


def _server(module: str, environment: dict[str, str]) -> socket.socket:
    key = os.getpid(), module
    if key not in _servers:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.preloaded_child", module, str(theirs.fileno())]
        with theirs:
            process = STARTED_AS_USUAL(command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        _servers[key] = ours
        atexit.register(_end, os.getpid(), process, ours)
    return _servers[key]


def _end(starter: int, process: "subprocess.Popen[bytes]", ours: socket.socket) -> None:
    ours.close()
    if os.getpid() == starter:
        process.wait(10)
