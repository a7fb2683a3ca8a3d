"""Redis killed and emptied while many runs are under way: none is lost, and the worker goes on by itself."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from onboarding.integrations import runs as services
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.models.states import RunState
from tests import embedded
from tests.bench import estate
from tests.bench.machine import Machine, composed_concurrency
from tests.bench.measurements import Measurement, NotMeasured

RUNS, ACCOUNTS = 200, 20
AWAY_SECONDS = 5.0


def broker(machine: Machine, seconds: float) -> list[Measurement]:
    """Start 200 runs; when a quarter is over, kill Redis and bring it back empty. AWS is as quick as the emulator."""
    tenant = estate.new_tenant()
    key, connections = estate.key_of(tenant), estate.connected(tenant, ACCOUNTS)
    processes = [machine.worker(concurrency=composed_concurrency()), machine.beat()]
    until = time.monotonic() + max(seconds, 300)
    try:
        runs = _started(connections, key)
        _wait(lambda: _over(runs) >= RUNS // 4, until, "a quarter of the runs")
        over = _over(runs)
        back = _away()
        claimed = _wait(lambda: Run.objects.filter(pk__in=runs, started_at__gt=back).exists(), until, "the next run")
        drained = _wait(lambda: _over(runs) == RUNS, until, "all runs") + claimed
    finally:
        machine.end(*processes)
    lost = RUNS - Run.objects.filter(pk__in=runs, state=RunState.DONE).count()
    note = f"killed with {RUNS - over} of {RUNS} to go, empty when it came back {AWAY_SECONDS:.0f} s later"
    return [
        Measurement(f"runs lost of {RUNS} when Redis is killed and emptied", lost, 0, note=note),
        Measurement(
            "from Redis's return until all of them are over",
            drained,
            60.0,
            "s",
            f"the next begins after {claimed:.0f} s",
        ),
    ]


def _started(connections: Sequence[Connection], key: PgpKey) -> list[int]:
    return [_new_run(connection, key, number) for number in range(RUNS // ACCOUNTS) for connection in connections]


def _new_run(connection: Connection, key: PgpKey, number: int) -> int:
    integration = Integration.objects.create(tenant=connection.tenant, name="draft")
    found = estate.spec_of(connection, key)
    name = f"{found.stream.name}-{number}"
    spec = replace(found, name=f"{found.name} {number}", stream=replace(found.stream, name=name), deliveries=())
    return services.start_run(integration=integration, actor=estate.ACTOR, spec=spec).pk


def _over(runs: list[int]) -> int:
    return Run.objects.filter(pk__in=runs, state__in=[RunState.DONE, RunState.FAILED, RunState.CANCELLED]).count()


def _away() -> datetime:
    """Kill Redis, wait, bring it back with nothing in it; return when that was."""
    embedded.lose_redis()
    time.sleep(AWAY_SECONDS)
    embedded.start_redis_again()
    return timezone.now()


def _wait(holds: Callable[[], bool], until: float, what: str) -> float:
    began = time.monotonic()
    while time.monotonic() < until:
        if holds():
            return time.monotonic() - began
        time.sleep(0.1)
    raise NotMeasured(f"{what}: not in time")
