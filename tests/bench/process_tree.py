"""A process with everything below it, as Linux counts it: memory now and at most, and CPU used."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SAMPLE_SECONDS = 1.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Peak:
    """The most that was seen, in MB: of the process with all below it, and of those below it alone."""

    all: float = 0.0
    below: float = 0.0
    count: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


def tree_of(top: int) -> set[int]:
    """Return a process and all below it: a worker, what it preloaded, and what that has forked."""
    fields = {pid: _fields(pid) for pid in _processes()}
    parents = {pid: int(found[1]) for pid, found in fields.items() if found}
    found, left = set[int](), {top}
    while left:
        found |= left
        left = {pid for pid, parent in parents.items() if parent in left} - found
    return found


def megabytes(pids: set[int]) -> float:
    """Return the PSS of processes: each shared page is counted once, divided among those who share it."""
    return sum(_kilobytes(pid) for pid in pids) / 1024


def cpu_seconds(top: int) -> float:
    """Return the CPU used by a process and all below it, those that have ended and were waited for included."""
    # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime, stime, cutime and cstime.
    return sum(sum(map(int, _fields(pid)[11:15])) for pid in tree_of(top)) / _TICKS


@contextmanager
def peak_of(top: int) -> Iterator[Peak]:
    """Sample the memory of a process and all below it while the block runs."""
    peak = Peak()

    def sample() -> None:
        while not peak.stop.wait(SAMPLE_SECONDS):
            tree = tree_of(top)
            own, below = megabytes({top}), megabytes(tree - {top})
            peak.all, peak.below, peak.count = (
                max(peak.all, own + below),
                max(peak.below, below),
                max(peak.count, len(tree)),
            )

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peak
    finally:
        peak.stop.set()
        thread.join(30)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _fields(pid: int) -> list[str]:
    # After the name, which may contain spaces and brackets: state, parent, …
    return _read(pid, "stat").decode(errors="replace").rpartition(")")[2].split()


def _kilobytes(pid: int) -> int:
    lines = _read(pid, "smaps_rollup").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(b"Pss:")), 0)


def _read(pid: int, name: str) -> bytes:
    try:
        return (Path("/proc") / str(pid) / name).read_bytes()
    except OSError:  # it ended meanwhile
        return b""
