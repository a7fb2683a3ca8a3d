"""Setting integrations up: how long beyond AWS's own waits, with how many calls, many at once, after a kill."""

import os
import secrets
import signal
import time
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from onboarding.integrations import runs as services
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning.claims import ACTIVE
from portal.local.processes import ChildProcess
from tests.bench import estate, slow_times
from tests.bench.machine import Machine, composed_concurrency
from tests.bench.measurements import Measurement, NotMeasured, p95
from tests.bench.process_tree import cpu_seconds, peak_of

LATENCY = 0.1
# A run stays with its thread while the new key is not known: what one more costs, to fit many into the time left.
SECONDS_EACH = 13.0
TRIES = 6
READS = ("Get", "List", "Describe", "Head", "GET", "HEAD", "AssumeRole")
# stream CREATING, then UPDATING for its encryption, then Firehose CREATING: each begins when the one before has ended.
# The new key, shard-level metrics and the young role are waited for meanwhile.
CHAIN_SECONDS = (
    slow_times.STREAM_CREATING_SECONDS
    + slow_times.STREAM_UPDATING_SECONDS
    + max(slow_times.FIREHOSE_CREATING_SECONDS, slow_times.IAM_SECONDS)
)
_alone: dict[str, float] = {}  # what one took, for the part that sets many up


def provisioning(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure one integration alone, and its calls; then the same once more, which must change nothing."""
    tenant = estate.new_tenant()
    key, (connection,) = estate.key_of(tenant), estate.connected(tenant, 1)
    processes = [machine.worker(concurrency=composed_concurrency()), machine.beat()]
    try:
        _slow(machine)
        run = finished([started(connection, key)], 120)[0]
        first, took = machine.aws.calls(), _seconds(run)
        machine.aws.reset()
        again = finished([services.start_run(integration=run.integration, actor=estate.ACTOR)], 60)[0]
        second = machine.aws.calls()
    finally:
        _quick(machine, processes)
    _alone["seconds"] = took
    return [
        Measurement(
            "provisioning ÷ longest chain of AWS waits", took / CHAIN_SECONDS, 1.12, note=_of(took, CHAIN_SECONDS)
        ),
        Measurement("AWS calls of a first run", sum(first.values()), 45, note=_calls(first)),
        Measurement(
            "writes of a re-apply", _writes(second), 0, note=f"{sum(second.values())} reads, {_seconds(again):.1f} s"
        ),
    ]


def alone(machine: Machine) -> float:
    """Return how many seconds one integration alone took; it is set up now if no part did that before."""
    if "seconds" not in _alone:
        provisioning(machine, 0)
    return _alone["seconds"]


def many(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure as many integrations at once as the time allows, at most 50, on one worker; one alone is the measure."""
    fitting = int((seconds - CHAIN_SECONDS - 30) / (0.5 + SECONDS_EACH / composed_concurrency()))
    return _at_once(machine, max(4, min(50, fitting)), seconds, limit=1.3)


def hundreds(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure 150 integrations at once on one worker; one alone is the measure."""
    return _at_once(machine, 150, seconds + 300, limit=2.2)


def _at_once(machine: Machine, count: int, seconds: float, *, limit: float) -> list[Measurement]:
    threads = composed_concurrency()
    worker, beat = machine.worker(concurrency=threads), machine.beat()
    try:
        alone_in, *accounts = _accounts(count + 1)
        _slow(machine)
        alone = _alone.get("seconds") or _seconds(finished([started(*alone_in)], 120)[0])
        used, emulator = cpu_seconds(worker.pid), cpu_seconds(machine.aws.server.process.pid)
        with peak_of(worker.pid) as peak:
            with transaction.atomic():  # the worker finds all of them at one moment
                requested = [started(connection, key) for connection, key in accounts]
            began = timezone.now()
            runs = finished(requested, seconds)
        used, emulator = cpu_seconds(worker.pid) - used, cpu_seconds(machine.aws.server.process.pid) - emulator
    finally:
        _quick(machine, [worker, beat])
    took = (max(_ended(run) for run in runs) - began).total_seconds()
    turns = sum(run.fence for run in runs) / count
    note = f"{_of(took, alone)}; a worker of {threads} threads, {turns:.1f} turns each"
    note += f"; the emulated AWS used {emulator:.0f} s of CPU"
    memory = f"{peak.below:.0f} MB of it in up to {peak.count - 1} processes below the worker"
    return [
        Measurement(f"{count} integrations at once ÷ one alone", took / alone, limit, note=note),
        Measurement(f"CPU of one integration, {count} at once", used / count, 0.6, "s", "worker and what it starts"),
        Measurement(f"PSS of worker and what holds secrets, {count} at once, at most", peak.all, 500, "MB", memory),
    ]


def _accounts(count: int) -> list[tuple[Connection, PgpKey]]:
    """Connect new accounts, of as many tenants as it takes: one has at most a hundred."""
    found = list[tuple[Connection, PgpKey]]()
    while len(found) < count:
        tenant = estate.new_tenant()
        key = estate.key_of(tenant)
        found += [(connection, key) for connection in estate.connected(tenant, min(75, count - len(found)))]
    return found


def recovery(machine: Machine, seconds: float) -> list[Measurement]:
    """Kill workers outright while each holds a run; measure until another worker has that run."""
    tenant = estate.new_tenant()
    key, connections = estate.key_of(tenant), estate.connected(tenant, TRIES)
    victims = [machine.worker(concurrency=1) for _ in range(TRIES)]
    processes = [*victims, machine.beat()]
    try:
        _slow(machine)
        runs = [started(connection, key).pk for connection in connections]
        killed = [_kill_one(victims, runs) for _ in range(TRIES)]
        processes.append(machine.worker(concurrency=composed_concurrency()))
        taken = _taken_over(killed)
    finally:
        _quick(machine, processes)
    limit = 45.0
    return [
        Measurement(
            "recovery after kill -9 of a worker, p95", p95(taken), limit, "s", f"{len(taken)} kills, lease of 30 s"
        )
    ]


def _kill_one(victims: list[ChildProcess], runs: list[int]) -> tuple[int, int, float]:
    """Kill a worker that holds a run; return the run, its fence and the moment."""
    time.sleep(secrets.randbelow(1000) / 1000)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for run in Run.objects.filter(pk__in=runs, lease_until__isnull=False, state=RunState.RUNNING):
            holder = int(run.owner.split(":")[1])
            for victim in victims:
                if victim.exit_code is None and _parent(holder) == victim.pid:
                    os.killpg(victim.pid, signal.SIGKILL)
                    runs.remove(run.pk)
                    return run.pk, run.fence, time.monotonic()
        time.sleep(0.01)
    raise NotMeasured("no worker held a run")


def _parent(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _taken_over(killed: list[tuple[int, int, float]]) -> list[float]:
    waiting, taken = {run: (fence, at) for run, fence, at in killed}, []
    deadline = time.monotonic() + 120
    while waiting and time.monotonic() < deadline:
        for run, fence in Run.objects.filter(pk__in=waiting).values_list("pk", "fence"):
            if fence > waiting[run][0]:
                taken.append(time.monotonic() - waiting.pop(run)[1])
        time.sleep(0.1)
    if waiting:
        raise NotMeasured(f"{len(waiting)} runs were not taken over within two minutes")
    return taken


def started(connection: Connection, key: PgpKey) -> Run:
    """Start a run of everything in an account."""
    integration = Integration.objects.create(tenant=connection.tenant, name="draft")
    spec = estate.spec_of(connection, key)
    return services.start_run(integration=integration, actor=estate.ACTOR, spec=spec)


def finished(runs: Iterable[Run], seconds: float) -> list[Run]:
    """Wait until all runs are done, and return them; raise NotMeasured if one fails or they take longer."""
    numbers, deadline = [run.pk for run in runs], time.monotonic() + seconds
    rows = Run.objects.filter(pk__in=numbers).select_related("integration")
    while time.monotonic() < deadline:
        if not rows.filter(state__in=ACTIVE).exists():  # the rows themselves would take a tenth of a CPU to read
            found = list(rows)
            if failed := [run.failure for run in found if run.state != RunState.DONE]:
                raise NotMeasured(f"{len(failed)} runs failed: {failed[0]}")
            return found
        time.sleep(0.1)
    raise NotMeasured(f"not done after {seconds:.0f} s")


def _ended(run: Run) -> datetime:
    if run.finished_at is None:
        raise NotMeasured(f"{run} has no end")
    return run.finished_at


def _seconds(run: Run) -> float:
    return (_ended(run) - run.created_at).total_seconds()


def _slow(machine: Machine) -> None:
    machine.aws.slow(latency=LATENCY, states=True)
    machine.aws.reset()


def _quick(machine: Machine, processes: list[ChildProcess]) -> None:
    machine.end(*processes)
    machine.aws.slow(latency=0, states=False)


def _writes(calls: dict[str, int]) -> int:
    return sum(count for name, count in calls.items() if not name.partition(":")[2].startswith(READS))


def _calls(calls: dict[str, int]) -> str:
    often = sorted(calls.items(), key=lambda item: -item[1])[:4]
    return f"{_writes(calls)} writes; most often " + ", ".join(f"{name} {count}" for name, count in often)


def _of(took: float, least: float) -> str:
    return f"{took:.1f} s of {least:.1f} s"
