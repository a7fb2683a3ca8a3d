"""From an event to its mail, for a tenant beside one that writes a thousand; and what is lost with worker and Redis."""

import os
import signal
import time
from collections.abc import Sequence

from portal.local.processes import ChildProcess
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.outbox.models import Channel, OutboxItem, OutboxState
from portal.tenancy.models import Tenant
from tests import embedded
from tests.bench import estate
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement, NotMeasured, p95

THREADS = 4  # as docker-compose.yml has them
MANY, FEW, TENANTS = 1000, 10, 4
LIMIT_SECONDS = 10.0
DONE_SECONDS = 150


def notifications(machine: Machine, seconds: float) -> list[Measurement]:
    """Write events of five tenants and wait for their mails; then kill the worker and empty Redis during others."""
    many, others = estate.new_tenant(), [estate.new_tenant() for _ in range(TENANTS)]
    _write(many, MANY)
    worker, beat = machine.worker(concurrency=THREADS), machine.beat()
    try:
        for _ in range(FEW):
            for tenant in others:
                _write(tenant, 1)
            time.sleep(0.2)
        took = _took(others)
        ahead = _waiting([many])
        lost, longest = _interrupted(machine, worker, [estate.new_tenant() for _ in range(TENANTS)])
    finally:
        machine.end(worker, beat)
    note = f"{len(took)} mails; {ahead} of another tenant's {MANY} still waited; {THREADS} threads"
    return [
        Measurement(
            "from an event to its mail, p95, beside 1,000 mails of another tenant", p95(took), LIMIT_SECONDS, "s", note
        ),
        Measurement(
            "mails lost when the worker is killed (kill -9) and Redis emptied",
            lost,
            0,
            note=f"of {FEW * TENANTS}; the last was sent {longest:.0f} s after its event",
        ),
    ]


def _write(tenant: Tenant, count: int) -> None:
    message = Message("notification.ready", integration="sluice-sensors", tenant=tenant.name)
    number = OutboxItem.objects.count()
    person = estate.member(tenant)
    for event in range(number, number + count):
        outbox.write(kinds.INTEGRATION_READY, message, event=f"bench-{event}", to=[person], tenant=tenant, path="/t/x/")


def _waiting(tenants: Sequence[Tenant]) -> int:
    return OutboxItem.objects.filter(tenant__in=tenants, state=OutboxState.WAITING).count()


def _took(tenants: Sequence[Tenant]) -> list[float]:
    until = time.monotonic() + DONE_SECONDS
    while _waiting(tenants):
        if time.monotonic() > until:
            raise NotMeasured(f"{_waiting(tenants)} mails were not sent within {DONE_SECONDS} s")
        time.sleep(0.2)
    rows = OutboxItem.objects.filter(tenant__in=tenants, channel=Channel.MAIL, state=OutboxState.DELIVERED)
    return [(item.finished_at - item.created_at).total_seconds() for item in rows if item.finished_at]


def _interrupted(machine: Machine, worker: ChildProcess, tenants: Sequence[Tenant]) -> tuple[int, float]:
    """Kill the worker while it delivers, empty Redis, start another; return how many were lost and the longest time."""
    for tenant in tenants:
        _write(tenant, FEW)
    until = time.monotonic() + 30
    while not OutboxItem.objects.filter(tenant__in=tenants, lease_until__isnull=False).exists():
        if time.monotonic() > until:
            raise NotMeasured("no worker held a row")
    os.killpg(worker.pid, signal.SIGKILL)
    embedded.lose_redis()
    embedded.start_redis_again()
    another = machine.worker(concurrency=THREADS)
    try:
        took = _took(tenants)
    finally:
        machine.end(another)
    return FEW * len(tenants) - len(took), max(took)
