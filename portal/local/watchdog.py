"""The last resort against orphans: a small process that outlives its parent just long enough to stop its children.

A parent that is killed outright (SIGKILL, out of memory) runs no clean-up. The watchdog holds the reading end of a
pipe; the parent tells it each child's process group, and when the parent is gone, however that came about, the
pipe ends, the leader of every group still known is asked to stop and, a few seconds later, its group killed.
"""

import atexit
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

GRACE_SECONDS = 5.0

_dog: subprocess.Popen[bytes] | None = None
_owner: int = 0


def watch(group: int, stop_signal: signal.Signals) -> None:
    """Have this process group stopped if the present process dies."""
    _tell(f"+ {group} {int(stop_signal)}")


def forget(group: int) -> None:
    """Report that this process group has ended, so that its number may be reused."""
    if _dog is not None and _owner == os.getpid():
        _tell(f"- {group} 0")


def _tell(line: str) -> None:
    pipe = _running().stdin
    if pipe is not None:  # it is always started with one
        pipe.write(f"{line}\n".encode())
        pipe.flush()


def _running() -> subprocess.Popen[bytes]:
    global _dog, _owner  # noqa: PLW0603  (one watchdog per process, started when first needed)
    if _dog is None or _owner != os.getpid() or _dog.poll() is not None:
        _dog = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", "")},
            start_new_session=True,
            cwd="/",
        )
        _owner = os.getpid()
        atexit.register(_dismiss)
    return _dog


def _dismiss() -> None:
    if _dog is not None and _dog.stdin is not None and _owner == os.getpid():
        _dog.stdin.close()
        try:
            _dog.wait(GRACE_SECONDS + 5)
        except subprocess.TimeoutExpired:  # a process that we forked still holds the other end of its input
            _dog.kill()


def main() -> None:
    """Read groups from standard input until it ends, then stop those that are left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        sign, group, stop_signal = line.split()
        if sign == "+":
            groups[int(group)] = int(stop_signal)
        else:
            groups.pop(int(group), None)
    _stop(groups)


def _stop(groups: dict[int, int]) -> None:
    for leader, stop_signal in reversed(groups.items()):
        _send(os.kill, leader, stop_signal)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(_send(os.killpg, group, 0) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.1)
    for group in groups:
        _send(os.killpg, group, signal.SIGKILL)


def _send(how: Callable[[int, int], None], whom: int, which: int) -> bool:
    try:
        how(whom, which)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
