"""Child processes that are always stopped: by us, by a signal, or by the watchdog when we are killed outright."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from portal.local import watchdog

STOP_SECONDS = 5.0
KILL_SECONDS = 10.0


class DidNotStart(RuntimeError):
    """A child process ended or stayed silent instead of becoming ready; the message ends with its last log lines."""


class ChildProcess:
    """One running command in a process group of its own, its output in a file."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path, stop_signal: signal.Signals) -> None:
        self.name = name
        self.log = log
        self._process = process
        self._stop_signal = stop_signal

    @property
    def pid(self) -> int:
        """The process id, which is also the id of the process group."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, or None while it runs."""
        return self._process.poll()

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Return as soon as `ready()` is true; stop the process and raise DidNotStart if it ends or takes longer."""
        deadline = time.monotonic() + seconds
        while True:
            # Read before `ready()` is asked: what ends in between, as a chore does, may just have become ready.
            exit_code = self.exit_code
            if ready():
                return
            if exit_code is not None:
                raise self._did_not_start(f"ended with code {exit_code}")
            if time.monotonic() > deadline:
                raise self._did_not_start(f"was not ready after {seconds:.0f} s")
            time.sleep(0.05)

    def ask_to_stop(self) -> None:
        """Send it the signal on which it ends in good order; its own children are its own affair until then."""
        if self.exit_code is None:
            self._process.send_signal(self._stop_signal)

    def stop(self, *, seconds: float = STOP_SECONDS) -> None:
        """End the whole group: politely, then after `seconds` by SIGKILL. Stopping twice does no harm."""
        if self.exit_code is None:
            self.ask_to_stop()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                _signal_group(self.pid, signal.SIGKILL)
                self._process.wait(KILL_SECONDS)
        _signal_group(self.pid, signal.SIGKILL)  # a grandchild that outlived its parent
        watchdog.forget(self.pid)

    def _did_not_start(self, what: str) -> DidNotStart:
        self.stop(seconds=1)
        return DidNotStart(f"{self.name} {what}. Its last lines, from {self.log}:\n{last_lines(self.log)}")


def start_process(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str],
    stop_signal: signal.Signals = signal.SIGTERM,
    user: str | None = None,
    cwd: Path | None = None,
) -> ChildProcess:
    """Start a command in its own process group with exactly this environment, appending its output to `log`.

    `user` is a system user to run it as; only root may name one. The group is stopped when this process dies.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            process_group=0,
            user=user,
            group=None if user is None else _group_of(user),
            extra_groups=None if user is None else [],
            cwd=cwd,
        )
    watchdog.watch(process.pid, stop_signal)
    return ChildProcess(name, process, log, stop_signal)


def base_environment() -> dict[str, str]:
    """Return the few variables of ours that any child needs; everything else a child gets is named by its caller."""
    wanted = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
    return {name: os.environ[name] for name in wanted if name in os.environ}


def last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log file, indented, for a person to read."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-count:]
    except OSError:
        lines = []
    return "\n".join(f"  {line}" for line in lines or ["(nothing was written)"])


def _signal_group(group: int, which: signal.Signals) -> None:
    try:
        os.killpg(group, which)
    except (ProcessLookupError, PermissionError):
        return  # it is gone already; macOS says EPERM of a group of which only the unreaped leader is left


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid
