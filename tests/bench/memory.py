"""The memory of a worker of 24 processes: at rest, and while it carries out as many runs and more."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import estate
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement
from tests.bench.provisioning import finished, started

PROCESSES, RUNS = 24, 48
REST_SECONDS = 10.0
SAMPLE_SECONDS = 0.5


@dataclass
class Peak:
    """The most that was seen, in MB: of the worker's own processes, and of the sealing processes beside them."""

    worker: float = 0.0
    sealers: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)


def memory(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the proportional set size (PSS) of a worker of 24 processes, against an AWS without added latency."""
    tenant = estate.new_tenant()
    key, connections = estate.key_of(tenant), estate.connected(tenant, RUNS)
    worker, beat = machine.worker(concurrency=PROCESSES), machine.beat()
    try:
        time.sleep(REST_SECONDS)
        at_rest = megabytes(group_of(worker.pid))
        with _peak(worker.pid) as peak:
            runs = finished([started(connection, key) for connection in connections], seconds + 240)
        afterwards = megabytes(group_of(worker.pid))
    finally:
        machine.end(worker, beat)
    name = f"a worker of {PROCESSES} processes, PSS"
    note = f"{len(runs)} runs; {afterwards:.0f} MB afterwards; sealing processes up to {peak.sealers:.0f} MB besides"
    return [
        Measurement(f"{name} at rest", at_rest, 600, "MB", f"{REST_SECONDS:.0f} s after its start"),
        Measurement(f"{name} at work, at most", peak.worker, 1600, "MB", note),
    ]


def group_of(leader: int) -> set[int]:
    """Return the processes of a process group."""
    return {pid for pid in _processes() if _group(pid) == leader}


def megabytes(pids: set[int]) -> float:
    """Return the PSS of processes: each shared page is counted once, divided among those who share it."""
    return sum(_kilobytes(pid) for pid in pids) / 1024


@contextmanager
def _peak(leader: int) -> Iterator[Peak]:
    peak = Peak()

    def sample() -> None:
        while not peak.stop.wait(SAMPLE_SECONDS):
            peak.worker = max(peak.worker, megabytes(group_of(leader)))
            peak.sealers = max(peak.sealers, megabytes(_sealers()))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peak
    finally:
        peak.stop.set()
        thread.join(30)


def _sealers() -> set[int]:
    return {pid for pid in _processes() if b"onboarding.credentials.sealer" in _read(pid, "cmdline")}


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _kilobytes(pid: int) -> int:
    lines = _read(pid, "smaps_rollup").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(b"Pss:")), 0)


def _read(pid: int, name: str) -> bytes:
    try:
        return (Path("/proc") / str(pid) / name).read_bytes()
    except OSError:  # it ended meanwhile
        return b""
