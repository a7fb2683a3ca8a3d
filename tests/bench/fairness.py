"""Tenants on four processes: one starts 50 runs, others one run each at different moments of them."""

import time
from datetime import datetime

from onboarding.models.connection import Connection
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run, Step
from portal.tenancy.models import Tenant
from tests.bench import estate
from tests.bench.figures import Figure, NotMeasured
from tests.bench.machine import Machine
from tests.bench.provisioning import LATENCY, started

RUNS, PROCESSES = 50, 4
PAUSES = (1.0, 10.0, 15.0, 15.0)  # while streams are created, wait for AWS, and while keys hold their processes


def fairness(machine: Machine, seconds: float) -> list[Figure]:
    """Measure from the start of a run until its first step, before which AWS has answered once."""
    many = estate.new_tenant()
    key, connections = estate.key_of(many), estate.connected(many, RUNS)
    others = [(estate.key_of(tenant), estate.connected(tenant, 1)[0]) for tenant in _tenants()]
    processes = [machine.worker(concurrency=PROCESSES), machine.beat()]
    try:
        machine.aws.slow(latency=LATENCY, states=True)
        for connection in connections:
            started(connection, key)
        took = [_waited(pause, *other) for pause, other in zip(PAUSES, others, strict=True)]
        ahead = Run.objects.filter(integration__tenant=many, finished_at__isnull=True).count()
    finally:
        machine.end(*processes)
        machine.aws.slow(latency=0, states=False)
    note = f"the slowest of {len(took)}; {ahead} of {RUNS} not done after the last; {PROCESSES} processes"
    return [Figure("from a run's start to its first step, behind 50 of another tenant", max(took), 5.0, "s", note)]


def _tenants() -> list[Tenant]:
    return [estate.new_tenant() for _ in PAUSES]


def _waited(pause: float, key: PgpKey, connection: Connection) -> float:
    time.sleep(pause)
    run = started(connection, key)
    return (_first_step(run, time.monotonic() + 120) - run.created_at).total_seconds()


def _first_step(run: Run, until: float) -> datetime:
    while time.monotonic() < until:
        found = Step.objects.filter(run=run, started_at__isnull=False).order_by("started_at").first()
        if found is not None:
            return found.started_at
        time.sleep(0.05)
    raise NotMeasured("the run of the second tenant did not begin")
