"""The worker's side of the preloaded process that forks the encrypting ones: starts it, and starts it anew if it ended.

One for each process of the portal that creates secrets, started by the worker before its first task, else at the first
secret. What its children held when it ended is lost with them; the runs begin another attempt.
"""

import atexit
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

MODULE = "onboarding.credentials.sealing_server"
_ROOT = Path(__file__).resolve().parents[2]
_ANSWER_SECONDS = 20.0
_END_SECONDS, _KILLED_SECONDS = 1.0, 5.0
# What the way to AWS and GnuPG need. The portal's own secrets (database, Redis, Django) stay outside, and the role's
# session comes by the request.
_PASSED = frozenset(
    {
        *("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR"),
        *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
    }
)
_PASSED_PREFIX = "AWS_ENDPOINT_URL"  # and AWS_ENDPOINT_URL_<service>
# The portal's own access key is found in none of the places where botocore searches for one.
_NO_CREDENTIALS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class ServerEnded(Exception):
    """The preloaded process does not answer."""


@dataclass(frozen=True, slots=True)
class Child:
    """An encrypting process, and the preloaded process that forked it, which alone can end it safely."""

    pid: int
    server: int


class SealingServerProcess:
    """The preloaded process of this process, asked by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    @property
    def pid(self) -> int:
        """Return the number of the process, or 0 before it was started."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the process if there is none."""
        with self._lock:
            self._ensure()

    def fork(self, scratch: Path, *, region: str) -> tuple[Child, socket.socket]:
        """Return a new encrypting process, for a secret of this Region, and the socket to it. Raises ServerEnded."""
        ours, theirs = socket.socketpair()
        wanted = {"fork": {"scratch": str(scratch), "environment": environment(os.environ), "region": region}}
        with self._lock, theirs:
            for _ in range(2):  # the process may have ended since the last secret
                self._ensure()
                if pid := self._exchange(wanted, theirs):
                    return Child(pid, self.pid), ours
        ours.close()
        raise ServerEnded

    def end(self, child: Child) -> None:
        """Kill an encrypting process with all that it started. If its server ended, it has ended with that."""
        with self._lock:
            if child.server == self.pid and not self._exchange({"end": child.pid}):
                log.warning("sealing.server_ended server=%s; what it held is lost", child.server)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._socket is not None:
                self._socket.close()
            if self._process is not None:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_END_SECONDS)
            self._drop()

    def leave(self) -> None:
        """Forget the server: in a forked process it is its parent's, and at the end of its worker it ends by itself."""
        self._lock = threading.Lock()
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.returncode = 0
        self._socket = self._process = None

    def _exchange(self, request: Mapping[str, Any], file: socket.socket | None = None) -> int:
        if self._socket is None:
            return 0
        answer = b""
        with suppress(OSError):
            files = [] if file is None else [file.fileno()]
            socket.send_fds(self._socket, [json.dumps(request).encode() + b"\n"], files)
            answer = self._socket.recv(4096)
        if not answer.endswith(b"\n"):
            self._drop()
            return 0
        return int(json.loads(answer)["pid"])

    def _ensure(self) -> None:
        if self._socket is not None:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # An exception's last words could quote an answer of AWS; nothing of them may reach the worker's log.
                stderr=subprocess.DEVNULL,
                env=environment(os.environ) | {"PYTHONPATH": str(_ROOT), "MALLOC_ARENA_MAX": "1"},
                cwd=_ROOT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        ours.settimeout(_ANSWER_SECONDS)
        self._socket = ours

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.kill()  # its children end with it
            self._process.wait(_KILLED_SECONDS)
        self._socket = self._process = None


def environment(of_worker: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the worker's environment that the encrypting processes get."""
    passed = {name: value for name, value in of_worker.items() if name in _PASSED or name.startswith(_PASSED_PREFIX)}
    return passed | _NO_CREDENTIALS


SERVER = SealingServerProcess()
os.register_at_fork(after_in_child=SERVER.leave)
atexit.register(SERVER.leave)  # it ends when its children have, which end with this process
