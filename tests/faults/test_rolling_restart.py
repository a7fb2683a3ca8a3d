"""Every process restarted twice, one after the other, while people work and runs are under way: no one notices."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from django.urls import reverse

from onboarding.models.run import Run
from onboarding.models.states import RunState
from portal.lanes import LANES
from portal.local import ports
from portal.local.processes import ChildProcess, start_process
from portal.tenancy.models import Membership, TenantRole, User
from tests.faults import invariants
from tests.faults.balancer import HOST, Balancer, Browsers, Loop, running_loop
from tests.faults.case import Case, new_case
from tests.faults.installation import ROOT, Installation
from tests.faults.outages import is_over
from tests.faults.test_redis_outages import start_of, wanted
from tests.faults.visitor import visitor
from tests.waiting import wait_for

pytestmark = [pytest.mark.audit, pytest.mark.timeout(900)]

EACH_SECOND, ROUNDS, STREAMS = 20, 2, 4
FORM = f"csrfmiddlewaretoken={'t' * 32}"  # the token of tests.faults.visitor
# The longest that a process may take to end: a worker finishes its tasks, the web process its requests.
STOP_SECONDS = {"web": 25.0, "worker": 95.0, "beat": 10.0, "tap": 10.0}


@dataclass
class Part:
    """A process of the installation that is restarted: its command, and the line of its log that says it is ready."""

    kind: str
    name: str
    command: tuple[str, ...]
    ready: bytes
    folder: Path
    environment: dict[str, str] = field(repr=False)
    child: ChildProcess | None = None

    @property
    def log(self) -> Path:
        """Where it logs, across its restarts."""
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        times = self._times_ready()
        arguments = [sys.executable, *self.command]
        self.child = start_process(self.name, arguments, log=self.log, environment=self.environment, cwd=ROOT)
        self.child.wait_until(lambda: self._times_ready() > times, seconds=90)

    def restart(self) -> float:
        """Ask it to stop, wait until it has ended by itself, start it again; return how long its end took."""
        child = self.child
        assert child is not None
        child.ask_to_stop()
        took = wait_for(lambda: child.exit_code is not None, STOP_SECONDS[self.kind], f"the end of {self.name}")
        child.stop()
        self.start()
        return took

    def _times_ready(self) -> int:
        return self.log.read_bytes().count(self.ready) if self.log.exists() else 0


def parts_of(portal: Installation, folder: Path, web_ports: Sequence[int]) -> list[Part]:
    """Return the processes of a server installation, as docker-compose.yml has them: two web processes here."""
    uvicorn = ("-m", "uvicorn", "portal.asgi:application", "--timeout-graceful-shutdown", "20", "--no-server-header")
    celery = ("-m", "celery", "-A", "portal")
    alone = ("--loglevel", "INFO", "--concurrency", "2", "--without-gossip", "--without-mingle")
    beat = ("beat", "--loglevel", "INFO", "--schedule", str(folder / "beat"), "--pidfile", "")
    chosen: list[tuple[str, str, tuple[str, ...], bytes]] = [
        *(("web", f"web-{port}", (*uvicorn, "--port", str(port)), b"Uvicorn running") for port in web_ports),
        *(
            ("worker", f"worker-{lane}", (*celery, "worker", "--queues", lane, *alone, "-n", f"{lane}@%h"), b" ready.")
            for lane in LANES
        ),
        ("beat", "beat", (*celery, *beat), b"beat: Starting"),
        ("tap", "tap", ("manage.py", "tap"), b"The tap is ready."),
    ]
    environment = {**portal.environment, "PYTHONUNBUFFERED": "1"}
    return [Part(*each, folder, environment) for each in chosen]


@contextmanager
def started(parts: list[Part]) -> Iterator[None]:
    """Start all parts, and end them in the reverse order."""
    try:
        for part in parts:
            part.start()
        yield
    finally:
        for part in reversed(parts):
            if part.child is not None:
                part.child.stop(seconds=20)


def first_case(portal: Installation) -> Case:
    """Return a case whose stream is live, for pages and event streams that show something."""
    case = new_case(portal.client_key)
    with portal.worker():
        wait_for(lambda: is_over(case.run_id), 120, "the first run")
    return case


def signed_in(first: Case, others: list[Case], port: int) -> Browsers:
    """Return the browsers of one person who is an admin of every tenant."""
    client = visitor(f"http://{HOST}", first.run.integration.tenant).client
    admin = User.objects.get(email=f"admin@{first.run.integration.tenant.slug}.example")
    for case in others:
        Membership.objects.create(tenant=case.run.integration.tenant, user=admin, role=TenantRole.ADMIN)
    return Browsers(port, "; ".join(f"{name}={value}" for name, value in client.cookies.items()))


def pages(case: Case) -> list[str]:
    """Return what browsers ask for: parts of a run's page and the checks of an orchestrator more often than pages."""
    run, integration = case.run, case.run.integration
    slug = {"slug": integration.tenant.slug}
    steps, health = reverse("run_steps", kwargs={**slug, "pk": run.pk}), reverse("healthz")
    whole = [
        reverse("tenant_home", kwargs=slug),
        reverse("run", kwargs={**slug, "pk": run.pk}),
        reverse("streams", kwargs=slug),
        reverse("stream", kwargs={**slug, "uid": integration.uid}),
    ]
    return [path for page in whole for path in (page, steps, health, steps, health, steps, health, steps)]


def topics(case: Case) -> list[str]:
    """Return the event streams that are open: those of a run, a board and a stream."""
    run, integration = case.run, case.run.integration
    paths = (f"run/{run.pk}", f"board/{integration.tenant.slug}", f"stream/{integration.uid}/clear")
    return [f"/events/{path}/" for path in paths]


@contextmanager
def working(loop: Loop, browsers: Browsers, case: Case) -> Iterator[None]:
    """Let people work until the end of the block."""
    stop = asyncio.Event()
    visits = loop.start(browsers.visit(pages(case), each_second=EACH_SECOND, stop=stop))
    watched = [loop.start(browsers.watch(path, stop)) for path in topics(case) for _ in range(STREAMS)]
    wait_for(lambda: sum(browsers.opened.values()) == len(watched), 30, "opening the event streams")
    try:
        yield
    finally:
        loop.loop.call_soon_threadsafe(stop.set)
        visits.result(90)


def test_nobody_notices_a_rolling_restart(portal: Installation, tmp_path: Path) -> None:
    first = first_case(portal)
    balancer = Balancer([ports.free_port(), ports.free_port()])
    parts = parts_of(portal, tmp_path, balancer.upstreams)
    cases = [wanted(portal) for _ in parts]
    browsers = signed_in(first, cases, balancer.port)
    began, ends = time.monotonic(), list[tuple[str, float]]()
    with started(parts), running_loop() as loop:
        loop.start(balancer.serve())
        wait_for(lambda: ports.accepts(HOST, balancer.port))
        with working(loop, browsers, first):
            for number, part in enumerate(parts * ROUNDS):
                if number % ROUNDS == 0:
                    assert loop.result(browsers.request("POST", start_of(cases[number // ROUNDS]), FORM)) == 302, (
                        browsers.errors
                    )
                ends.append((part.name, part.restart()))
            runs = {case.account_id: newest_run(case) for case in cases}
            wait_for(lambda: all(is_over(run.pk) for run in runs.values()), 180, "the end of all runs")
    report(browsers, balancer, ends, time.monotonic() - began)
    assert set(browsers.answers) <= {200, 302}, (browsers.answers, browsers.incomplete)
    assert not browsers.refused_streams
    assert all(times > ROUNDS * STREAMS for times in browsers.opened.values()), browsers.opened
    done = [replace(case, run_id=runs[case.account_id].pk) for case in cases]
    assert {case.run.state for case in done} == {RunState.DONE}
    assert [invariants.broken(case) for case in done] == [[]] * len(done)
    assert [part.name for part in parts if part.kind in {"web", "tap"} and b"Traceback" in part.log.read_bytes()] == []


def newest_run(case: Case) -> Run:
    """Return the run that the POST started; the first one of these cases was cancelled before it began."""
    return Run.objects.filter(integration_id=case.run.integration_id).exclude(pk=case.run_id).get()


def report(browsers: Browsers, balancer: Balancer, ends: list[tuple[str, float]], seconds: float) -> None:
    """Print what was seen, for docs/faults.md."""
    times = sorted(browsers.seconds)
    longest = {name: max(took for other, took in ends if other == name) for name, _ in ends}
    print(f"{len(ends)} restarts, {len(times)} requests in {seconds:.0f} s: {dict(browsers.answers)}")
    print(f"answered after {times[len(times) // 2]:.2f} s (median), {times[int(len(times) * 0.95)]:.2f} s (p95)")
    print(f"connections refused and passed to the other process: {balancer.refused}; repeated: {balancer.repeated}")
    print(f"event streams opened: {dict(browsers.opened)}, events: {browsers.events}")
    print("ended after: " + ", ".join(f"{name} {took:.1f} s" for name, took in longest.items()))
