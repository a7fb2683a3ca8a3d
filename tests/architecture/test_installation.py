import os
import re
import shutil
import stat
import subprocess

import pytest
import yaml

from portal.celery import app
from portal.lanes import LANES, ROUTES
from portal.local import ministack
from tests.architecture.locks import EMULATOR_LOCK, PROJECT
from tests.architecture.tree import texts

WORKERS = {
    "worker": "provisioning",
    "worker-verification": "verification",
    "worker-metrics": "metrics",
    "worker-housekeeping": "housekeeping",
    "worker-outbox": "outbox",
    "worker-records": "records",
}
PORTAL = ("web", *WORKERS, "beat", "tap")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_every_process_of_a_server_is_there_and_says_how_it_is(compose):
    services = compose["services"]
    assert set(services) == {*PORTAL, "migrate", "postgres", "redis"}
    assert [name for name in (*PORTAL, "postgres", "redis") if "healthcheck" not in services[name]] == []


def test_every_lane_has_a_worker(compose):
    assert set(WORKERS.values()) == set(LANES)
    for name, lane in WORKERS.items():
        command = compose["services"][name]["command"]
        assert command[command.index("--queues") + 1] == lane
        assert f"--destination {name}@" in compose["services"][name]["healthcheck"]["test"][1]


def test_the_portal_is_published_on_this_machine_only_and_nothing_else_is(compose):
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_no_process_of_the_portal_may_do_more_than_it_must(compose):
    for name in (*PORTAL, "migrate"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_secret_stands_in_the_file(compose):
    environment = compose["services"]["web"]["environment"]
    # Taken from .env or the shell as it stands; without one the portal's settings refuse to start.
    assert [
        name for name in ("SLUICE_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "SLUICE_MAIL_URL") if environment[name]
    ] == []
    assert ":${POSTGRES_PORTAL_PASSWORD:-}@" in environment["DATABASE_URL"]


def test_only_migrations_know_the_owner_of_the_database(compose):
    services = compose["services"].items()
    known = {name: service["environment"] for name, service in services if "environment" in service}
    for variable in ("DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE"):
        assert [name for name, environment in known.items() if variable in environment] == ["migrate"]
    assert [name for name, service in services if "database-owner-url" in service.get("secrets", ())] == ["migrate"]


def test_the_image_does_not_run_as_root():
    lines = (PROJECT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER 10001:10001"]
    assert lines.index(users[0]) < next(i for i, line in enumerate(lines) if line.startswith("CMD"))


def test_uvicorn_waits_for_open_requests_only_so_long_wherever_it_is_started():
    started = {name: text for name, text in texts() if '"uvicorn"' in text and '"portal.asgi:application"' in text}
    assert {"Dockerfile", "portal/demo/parts.py", "tests/bench/machine.py"} <= set(started)
    assert [name for name, text in started.items() if '"--timeout-graceful-shutdown", "' not in text] == []


def test_a_process_that_is_asked_to_stop_has_the_time_to_finish_its_work(compose):
    image = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    waits = int(re.search(r'"--timeout-graceful-shutdown", "(\d+)"', image)[1])
    assert grace_seconds(compose["services"]["web"]) > waits
    app.loader.import_default_modules()
    longest = max(app.tasks[name].time_limit or app.conf.task_time_limit for name in ROUTES)
    assert [name for name in WORKERS if grace_seconds(compose["services"][name]) <= longest] == []


def grace_seconds(service):
    return int(service["stop_grace_period"].removesuffix("s"))


def test_ci_can_be_run():
    script = PROJECT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    subprocess.run([shutil.which("bash"), "-n", str(script)], check=True, timeout=120)


def made(*arguments):
    return subprocess.run(
        [shutil.which("make"), "--no-print-directory", "-C", str(PROJECT), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
        timeout=120,
    ).stdout


def test_the_emulator_is_started_from_where_make_installs_it():
    folder = re.search(r"^EMULATOR := (\S+)$", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert PROJECT / folder / "bin" / "python" == ministack._PYTHON
    assert f"/{folder}/" in (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert folder in made("--dry-run", "clean").split()


@pytest.mark.parametrize("target", ["demo", "test", "audit", "faults", "bench"])
def test_what_needs_the_emulator_installs_it(target):
    assert f"--require-hashes -r {EMULATOR_LOCK}" in made("--dry-run", "--always-make", target)


def test_make_explains_itself():
    printed = made()
    for target in ("demo", "test", "audit", "check", "faults", "bench", "lock", "help"):
        assert f"make {target} " in printed
