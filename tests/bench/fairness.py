"""Tenants on four threads: one starts 50 runs, others one run each at different moments of them."""

import time
from datetime import datetime
from http import HTTPStatus

import httpx
from django.urls import reverse
from django.utils import timezone

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from portal.tenancy.models import Tenant
from tests.bench import estate
from tests.bench.machine import HOST, Machine
from tests.bench.measurements import Measurement, NotMeasured
from tests.bench.provisioning import LATENCY, started

RUNS, THREADS = 50, 4
_TOKEN = "t" * 32
PAUSES = (1.0, 10.0, 15.0, 15.0)  # while streams are created, wait for AWS, and while keys hold their threads


def fairness(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure from the POST of a browser until the run's first step, before which AWS has answered once."""
    many = estate.new_tenant()
    key, connections = estate.key_of(many), estate.connected(many, RUNS)
    others = [_draft(estate.new_tenant()) for _ in PAUSES]
    web, port = machine.web()
    processes = [web, machine.worker(concurrency=THREADS), machine.beat()]
    try:
        machine.aws.slow(latency=LATENCY, states=True)
        for connection in connections:
            started(connection, key)
        took = [_waited(pause, draft, port) for pause, draft in zip(PAUSES, others, strict=True)]
        ahead = Run.objects.filter(integration__tenant=many, finished_at__isnull=True).count()
    finally:
        machine.end(*processes)
        machine.aws.slow(latency=0, states=False)
    note = f"the slowest of {len(took)}; {ahead} of {RUNS} not done after the last; {THREADS} threads"
    return [
        Measurement("from a POST to the run's first step, behind 50 runs of another tenant", max(took), 5.0, "s", note)
    ]


def _draft(tenant: Tenant) -> Integration:
    """Return what a person has filled in and not started."""
    connection, key = estate.connected(tenant, 1)[0], estate.key_of(tenant)
    draft = Integration(tenant=tenant, connection=connection, name="sluice-sensors")
    draft.draft = codec.pages_of(estate.spec_of(connection, key), draft)
    draft.save()
    return draft


def _waited(pause: float, draft: Integration, port: int) -> float:
    time.sleep(pause)
    cookies = {"sessionid": _session(draft.tenant), "csrftoken": _TOKEN}
    url = f"http://{HOST}:{port}{reverse('integration_start', kwargs={'slug': draft.tenant.slug, 'uid': draft.uid})}"
    began = timezone.now()
    answer = httpx.post(url, data={"csrfmiddlewaretoken": _TOKEN}, cookies=cookies, timeout=30)
    run = draft.runs.first()
    if answer.status_code != HTTPStatus.FOUND or run is None:
        raise NotMeasured(f"the POST was answered {answer.status_code}")
    return (_first_step(run, time.monotonic() + 120) - began).total_seconds()


def _session(tenant: Tenant) -> str:
    return estate.signed_in(estate.member(tenant)).cookies["sessionid"].value


def _first_step(run: Run, until: float) -> datetime:
    while time.monotonic() < until:
        found = Step.objects.filter(run=run, started_at__isnull=False).order_by("started_at").first()
        if found is not None:
            return found.started_at
        time.sleep(0.05)
    raise NotMeasured("the run of the second tenant did not begin")
