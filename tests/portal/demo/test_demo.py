"""The whole demo, started as `make demo` starts it, and stopped in every way it can be."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from portal.demo.places import Places
from portal.local.ports import free_port
from tests.portal.local.test_processes import running

READY_SECONDS = 200


@pytest.fixture
def state():
    # Directly under the system's temporary folder: PostgreSQL, as `nobody` when root runs the tests, has to get there.
    folder = Path(tempfile.mkdtemp(prefix="sluice-demo-"))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(Places(folder / "var").aws, ignore_errors=True)
    shutil.rmtree(folder)


@contextmanager
def started(state, *arguments):
    port = free_port()
    output = state.parent / "output"
    with output.open("w") as out:
        demo = subprocess.Popen(
            [sys.executable, "-m", "portal.demo", "--port", str(port), "--state", str(state), *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        )
    try:
        yield demo, f"http://localhost:{port}", output
    finally:
        demo.kill()
        demo.wait(60)


def wait_until_ready(demo, address, output):
    deadline = time.monotonic() + READY_SECONDS
    while f"Sluice is ready at {address}\n" not in output.read_text():
        assert demo.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.2)


def children_of(pid):
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True, timeout=120
    ).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, new = set(), {pid}
    while new:
        new = {child for child, parent in pairs if parent in new} - found
        found |= new
    return found


def nothing_left(pids, *, seconds):
    deadline = time.monotonic() + seconds
    while any(running(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def rows(state, sql):
    with psycopg.connect(f"postgresql://sluice@/sluice?host={state / 'postgres'}") as connection:
        return connection.execute(sql).fetchall()


def roles_of(pids):
    """The roles of PostgreSQL as which processes connect, by their environment."""
    found = [Path(f"/proc/{pid}/environ").read_text(errors="replace") for pid in pids if running(pid)]
    assert not [environ for environ in found if "DATABASE_OWNER_URL=" in environ]
    return set(re.findall(r"\bDATABASE_URL=postgresql://(\w+)@", "\n".join(found)))


def test_from_start_to_stop_and_on_again(state):
    with started(state) as (demo, address, output):
        wait_until_ready(demo, address, output)
        assert output.read_text().count("Sluice is ready at") == 1
        with urllib.request.urlopen(f"{address}/accounts/login/") as page:  # noqa: S310  (an address of ours)
            assert page.status == 200
        assert rows(state, "SELECT state FROM onboarding_integration") == [("live",)] * 2, output.read_text()
        wait_for(lambda: "sending with access key" in (state / "log" / "building.log").read_text())
        wait_for(lambda: (state / "log" / "devices.log").read_text().count("connected") == 3)
        second = subprocess.run(
            [sys.executable, "-m", "portal.demo", "--port", str(free_port()), "--state", str(state)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (second.returncode, "already" in second.stderr) == (2, True)
        everything = children_of(demo.pid)
        assert len(everything) > 10
        assert roles_of(everything) == {"sluice_portal"}
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=15) == 0
        assert nothing_left(everything, seconds=1)
    integration = None
    with started(state) as (demo, address, output):
        wait_until_ready(demo, address, output)
        assert "anew" not in output.read_text()
        integration = rows(state, "SELECT count(*) FROM onboarding_run")
        wait_for(lambda: (state / "log" / "building.log").read_text().count("sending with access key") == 2)
        wait_for(lambda: (state / "log" / "devices.log").read_text().count("connected") == 6)
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(timeout=15) == 0
    assert integration == [(2,)]


@pytest.mark.audit
def test_killed_outright_it_leaves_nothing_running(state):
    with started(state) as (demo, _, _):
        wait_for((state / "aws-environment.json").exists)
        everything = children_of(demo.pid)
        demo.kill()
        demo.wait(60)
        assert nothing_left(everything, seconds=12)


def process_of(demo, word):
    """The first process of the demo whose command line contains the word, or None."""
    lines = {pid: Path(f"/proc/{pid}/cmdline") for pid in sorted(children_of(demo.pid))}
    return next((pid for pid, line in lines.items() if line.exists() and word in line.read_bytes()), None)


def answers(address):
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as page:  # noqa: S310  (an address of ours)
            return page.status == 200
    except OSError:
        return False


PARTS = {
    "beat": b"beat",
    "worker": b"portal\0worker",
    "tap": b"manage.py\0tap",
    "web": b"uvicorn",
    "Redis": b"redis-server",
    "PostgreSQL": b"bin/postgres",
}


@pytest.mark.audit
def test_a_process_that_ends_is_started_again_and_the_console_says_so(state):
    with started(state) as (demo, address, output):
        wait_until_ready(demo, address, output)
        for name, word in PARTS.items():
            killed = process_of(demo, word)
            os.kill(killed, signal.SIGKILL)
            try:
                wait_for(
                    lambda name=name: f"{name} ended unexpectedly (exit code -9)" in output.read_text(), seconds=20
                )
            except AssertionError:
                raise AssertionError(name + output.read_text()) from None
            wait_for(lambda name=name: f"{name} was started again" in output.read_text(), seconds=30)
            assert process_of(demo, word) not in {killed, None}
        wait_for(lambda: answers(address), seconds=20)
        emulator = process_of(demo, b"hypercorn")
        everything = children_of(demo.pid)
        os.kill(emulator, signal.SIGKILL)
        assert demo.wait(timeout=20) == 1
        assert "The emulated AWS ended unexpectedly" in output.read_text()
        assert nothing_left(everything, seconds=1)


def test_a_busy_web_port_is_said_before_anything_is_started(state):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "portal.demo", "--port", str(port), "--state", str(state)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Port {port} of 127.0.0.1 is in use")
    assert not state.exists()


def knows(pid, secret):
    """The program of a process that has the secret in its environment; none of one that ends meanwhile."""
    try:
        named, environment = (Path(f"/proc/{pid}/{what}").read_bytes() for what in ("cmdline", "environ"))
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [named.split(b"\0")[2]] if secret in environment else []


@pytest.mark.audit
def test_only_the_portals_own_processes_know_its_access_key(state):
    with started(state) as (demo, address, output):
        wait_until_ready(demo, address, output)
        secret = json.loads((state / "portal-access-key.json").read_text())["AWS_SECRET_ACCESS_KEY"].encode()
        knowing = {name for pid in children_of(demo.pid) for name in knows(pid, secret)}
        assert b"portal.demo.run" not in knowing
        assert knowing == {b"uvicorn", b"celery", b"tap"}
        logs = b"".join(file.read_bytes() for file in (state / "log").iterdir())
        assert secret not in logs
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(timeout=15) == 0


def wait_for(condition, *, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except FileNotFoundError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)
