"""A real Celery worker killed outright in the middle of a run: another worker and the clock take over, unaided."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from portal import heartbeats
from portal.local.ministack import MiniStack
from portal.local.processes import ChildProcess, start_process
from tests.faults import invariants, proxy
from tests.faults.case import Case, new_case
from tests.faults.proxy import Proxy
from tests.faults.scenario import Rig
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def celery(rig: Rig, *arguments: str, ahead: int = 0) -> Iterator[ChildProcess]:
    """A Celery process of the portal with its children, on a host whose clock is `ahead` so many seconds."""
    host = ["tests.faults.wrong_clock", str(ahead)] if ahead else []
    command = [sys.executable, "-m", *host, "celery", "-A", "portal", *arguments]
    process = start_process(" ".join(arguments), command, log=rig.log, environment=os.environ, cwd=ROOT)
    try:
        yield process
    finally:
        process.stop(seconds=15)


def worker(rig: Rig, name: str, *, ahead: int = 0):
    own = ("--concurrency", "2", "--hostname", f"{name}@%h", "-l", "INFO")
    return celery(rig, "worker", *own, ahead=ahead)


def steps_done(case: Case) -> int:
    return case.run.steps.filter(state="done").count()


def test_a_killed_worker_is_replaced_unaided(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
    beat = celery(rig, "beat", "-l", "INFO", "-s", str(rig.folder / "beat"))
    with beat, worker(rig, "first") as first:
        case = new_case(rig.client_key)
        wait_for(lambda: steps_done(case) >= 2, 40)
        os.killpg(first.pid, signal.SIGKILL)
        killed = time.monotonic()
        assert not case.run.status.is_over
        with worker(rig, "second"):
            wait_for(lambda: case.run.status.is_over, 120)
            took = time.monotonic() - killed
    with capsys.disabled():
        print(f"\nrecovered {took:.1f} s after SIGKILL of the worker (the lease is 30 s, the sweep every 10 s)")
    assert invariants.broken(case) == []


@pytest.fixture
def slow_key(rig: Rig, ministack: MiniStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """An AWS that does not know a new access key at its first three uses, so that a worker holds its secret."""
    with Proxy(ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        between.fault = proxy.refusing("PutRecord", 3, 400, "UnrecognizedClientException", "not known yet")
        yield between


def holds_secret(case: Case) -> bool:
    return case.run.integration.credentials.filter(state="sealed").exists()


def sealing_server(worker: int) -> int:
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    (found,) = [int(pid) for pid in children if b"sealing_server" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return found


@pytest.mark.faults
def test_a_worker_that_is_asked_to_stop_proves_the_key_that_it_holds(rig: Rig, slow_key: Proxy) -> None:
    with worker(rig, "asked") as asked:
        case = new_case(rig.client_key)
        wait_for(lambda: holds_secret(case), 60, "a held secret")
        server = sealing_server(asked.pid)
        os.kill(asked.pid, signal.SIGTERM)
        wait_for(lambda: asked.exit_code is not None, 60, "its end")
        assert asked.exit_code == 0
        wait_for(lambda: not Path(f"/proc/{server}").exists(), 10, "the end of what it preloaded")
    assert not holds_secret(case), "proved"
    with celery(rig, "beat", "-l", "INFO", "-s", str(rig.folder / "beat-asked")), worker(rig, "successor"):
        wait_for(lambda: case.run.status.is_over, 60)
    assert invariants.broken(case) == []
    assert slow_key.seen["CreateAccessKey"] == 1


@pytest.mark.faults
def test_when_the_preloaded_process_is_killed_the_run_creates_another_key(rig: Rig, slow_key: Proxy) -> None:
    beat = celery(rig, "beat", "-l", "INFO", "-s", str(rig.folder / "beat-preloaded"))
    with beat, worker(rig, "bereft") as bereft:
        case = new_case(rig.client_key)
        wait_for(lambda: holds_secret(case), 60, "a held secret")
        os.kill(sealing_server(bereft.pid), signal.SIGKILL)
        wait_for(lambda: case.run.status.is_over, 60)
    assert invariants.broken(case) == []
    assert slow_key.seen["CreateAccessKey"] == 2


@pytest.mark.faults
@pytest.mark.parametrize("seconds", [5, 60])
def test_hosts_whose_clocks_differ_complete_a_run_as_fast_as_others(rig: Rig, seconds: int) -> None:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
    beat = celery(rig, "beat", "-l", "INFO", "-s", str(rig.folder / f"beat-{seconds}"), ahead=-seconds)
    with beat, worker(rig, f"early-{seconds}", ahead=seconds), worker(rig, f"late-{seconds}", ahead=-seconds):
        wait_for(lambda: alive(2), 60, "both workers")
        case = new_case(rig.client_key)
        began = time.monotonic()
        wait_for(lambda: case.run.status.is_over, 60, "the run")
        took = time.monotonic() - began
    assert invariants.broken(case) == []
    assert took < 30


def alive(workers: int) -> bool:
    return heartbeats.seen("worker").alive >= workers
