"""The memory of a worker and of everything that holds a secret: at rest, and while it carries out fifty runs."""

import time

from tests.bench import estate
from tests.bench.machine import Machine, composed_concurrency
from tests.bench.measurements import Measurement
from tests.bench.process_tree import megabytes, peak_of, tree_of
from tests.bench.provisioning import finished, started

RUNS = 50
REST_SECONDS = 10.0
LIMIT = 500.0


def memory(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the proportional set size (PSS) of a worker and what it started, against an AWS without added latency."""
    tenant = estate.new_tenant()
    key, connections = estate.key_of(tenant), estate.connected(tenant, RUNS)
    threads = composed_concurrency()
    worker, beat = machine.worker(concurrency=threads), machine.beat()
    try:
        time.sleep(REST_SECONDS)
        at_rest = megabytes(tree_of(worker.pid))
        with peak_of(worker.pid) as peak:
            runs = finished([started(connection, key) for connection in connections], seconds + 240)
        afterwards = megabytes(tree_of(worker.pid))
    finally:
        machine.end(worker, beat)
    name = f"a worker of {threads} threads and all that holds a secret, PSS"
    note = f"{len(runs)} runs; {peak.below:.0f} MB of it in encrypting processes; {afterwards:.0f} MB afterwards"
    return [
        Measurement(f"{name} at rest", at_rest, 250, "MB", f"{REST_SECONDS:.0f} s after its start"),
        Measurement(f"{name} at work, at most", peak.all, LIMIT, "MB", note),
    ]
