"""docs/server.md leads to a server that works: its commands are executed as they stand, in a Debian of their own."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator

import pytest

from portal.lanes import LANES
from tests.architecture import debian_box, server_walk
from tests.architecture.server_units import UNITS, credentials, documented_secrets
from tests.architecture.server_walk import Server

PORTAL = "https://portal.example.com"
CURL = (
    "curl --silent --show-error --max-time 20 --cacert /etc/sluice/tls/certificate.pem "
    "--resolve portal.example.com:443:127.0.0.1 --resolve portal.example.com:80:127.0.0.1"
)
MOST_EXPOSED = 2.0  # of 10, as `systemd-analyze security` rates a unit


# Without a server: the files agree with the documents.


@pytest.mark.parametrize("unit", UNITS)
def test_each_unit_reads_the_secrets_that_its_process_uses(unit: str) -> None:
    assert credentials(unit) == documented_secrets(unit)


def test_every_lane_has_a_worker_that_is_enabled() -> None:
    enabled = " ".join(block.text for block in server_walk.blocks() if "systemctl enable" in block.text)
    assert set(re.findall(r"sluice-worker@(\w+)", enabled)) == set(LANES)


def test_every_block_of_the_page_is_a_block_of_commands() -> None:
    fences = re.findall(r"^```(\w*)$", server_walk.PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(fences[::2]) == {"sh"}
    assert set(fences[1::2]) == {""}


# On one.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server | None]:
    """A server that was set up by the page's commands, up to its restart and upgrade; None where there can be none."""
    if debian_box.lacking():
        yield None
        return
    folder = tmp_path_factory.mktemp("box")
    with debian_box.opened(folder / "layer") as box:
        server_walk.prepare(box)
        found = Server(box)
        found.walk(before="Logs")
        yield found


def ready(server: Server) -> None:
    found = json.loads(server.box.run("curl --silent --fail http://127.0.0.1:8002/readyz"))
    assert (found["status"], found["problems"]) == ("ready", [])
    assert (found["workers"]["alive"], found["taps"]["alive"]) == (len(LANES), 1)


def analysed(server: Server) -> None:
    assert server.box.run(f"systemd-analyze verify {' '.join(UNITS)} backup-sluice.service backup-sluice.timer") == ""
    for unit in UNITS:
        printed = server.box.run(f"systemd-analyze security --no-pager {unit}")
        (level,) = re.findall(r"Overall exposure level for .*: ([\d.]+)", printed)
        assert float(level) <= MOST_EXPOSED, unit


def no_secret_is_in_an_environment_or_the_journal(server: Server) -> None:
    secrets = server.box.run("cat /etc/sluice/credentials/*").split()
    secrets = [text for text in secrets if len(text) > 30 and "EXAMPLE" not in text]
    assert len(secrets) >= 3
    for unit, pid in server.pids().items():
        environment = server.box.run(f"tr '\\0' '\\n' < /proc/{pid}/environ")
        assert [secret for secret in secrets if secret in environment] == [], unit
        listed = server.box.run(f"ls /proc/{pid}/root/run/credentials/{unit}").split()
        assert set(listed) == set(credentials(unit).values()), unit
    journal = server.box.run("journalctl --unit 'sluice-*' --output cat --no-pager")
    assert [secret for secret in secrets if secret in journal] == []


def work_under_the_restrictions(server: Server) -> None:
    python = "/opt/sluice/current/.venv/bin/python"
    given = "-p Environment=DJANGO_SETTINGS_MODULE=portal.settings -p Environment=PYTHONPATH=/opt/sluice/current"
    work = f"{server_walk.RELEASE}/tests/architecture/restricted_work.py"
    unit = "--unit=sluice-manage-0 --quiet --collect --wait --pipe"
    printed = server.box.run(f"systemd-run {unit} {given} {python} {work}")
    assert "sealer: EndpointConnectionError" in printed
    assert 'decoder: None {"temperature": 21}' in printed


def nginx(server: Server) -> None:
    head = f"{CURL} --output /dev/null --write-out '%{{http_version}} %{{http_code}} %header{{x-request-id}}'"
    asked = f"{head} -H 'X-Request-ID: of-my-own-choice' {PORTAL}/accounts/login/"
    version, status, request_id = server.box.run(asked).split()
    assert (version, status) == ("2", "200")
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    logged = f"journalctl --unit 'sluice-web@*' --output cat --no-pager | grep --count {request_id}"
    assert int(server.box.run(logged)) >= 1
    redirect = server.box.run(f"{CURL} --head http://portal.example.com/people").splitlines()
    assert redirect[0].startswith("HTTP/1.1 308")
    assert f"Location: {PORTAL}/people" in redirect
    assert server.box.run("curl --silent --insecure https://127.0.0.1/ || echo refused").strip() == "refused"


def bodies(server: Server) -> None:
    before = server.box.run("stat --format %y /var/lib/nginx/body /var/lib/nginx/proxy")
    for megabytes, answers in ((3, "portal"), (40, "nginx")):
        server.box.run(f"head --bytes {megabytes}M /dev/zero > /tmp/body")
        page = server.box.run(f"{CURL} --write-out ' %{{http_code}}' --data-binary @/tmp/body {PORTAL}/accounts/login/")
        assert page.endswith(" 413")
        assert ("<center>nginx" in page) == (answers == "nginx")
    assert server.box.run("stat --format %y /var/lib/nginx/body /var/lib/nginx/proxy") == before


def events(server: Server) -> None:
    printed = server.box.run(f"/usr/bin/python3 {server_walk.RELEASE}/tests/architecture/first_event.py", seconds=60)
    (seconds,) = re.findall(r"first line after ([\d.]+) s", printed)
    assert float(seconds) < 3


def logs_monitoring_backup_and_restore(server: Server) -> None:
    server.walk(before="Restore")
    server.box.run("sluice-manage tenant create later --name Later")
    before = rights(server)
    server.walk(before="Restart without downtime")
    assert rights(server) == before
    assert "you@example.com" in server.box.run("sluice-manage person list")
    again = server.box.run("sluice-manage tenant create later --name Later")
    assert "slug: later" in again, "what came after the backup is gone"
    ready(server)


def restore_on_a_new_machine(server: Server) -> None:
    before = rights(server)
    assert before.count("sluice=") > 10
    server.box.run("systemctl stop sluice.target && runuser -u postgres -- dropdb sluice")
    a_failed_backup_leaves_nothing(server)
    for role in ("sluice", "sluice_owner"):
        server.box.run(f"runuser -u postgres -- dropuser {role}")
    server.repeat("PostgreSQL")
    server.repeat("Restore")
    assert rights(server) == before
    ready(server)


def rights(server: Server) -> str:
    """Return what each role may do with each table, sequence, schema and function, and with those to come."""
    sources = (
        "SELECT relname, unnest(relacl)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        "SELECT proname, unnest(proacl)::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT nspname, unnest(nspacl)::text FROM pg_namespace WHERE nspname = 'public'",
        "SELECT defaclobjtype::text, unnest(defaclacl)::text FROM pg_default_acl",
    )
    asked = " UNION ALL ".join(sources)
    return server.box.run(f'runuser -u postgres -- psql -At sluice -c "{asked} ORDER BY 1, 2"')


def a_failed_backup_leaves_nothing(server: Server) -> None:
    listed = "ls /var/lib/sluice-backup"
    before = server.box.run(listed)
    failed = "if systemctl start backup-sluice; then exit 1; fi; systemctl reset-failed backup-sluice"
    server.box.run(f"touch /var/lib/sluice-backup/killed.dump.part; {failed}")
    assert server.box.run(listed) == before


def restart_without_downtime(server: Server) -> None:
    page = f"--output /dev/null --write-out '%{{http_code}}\\n' {PORTAL}/accounts/login/"
    ask = f"({CURL} {page} || echo failed) >> /tmp/codes"
    (block,) = [block for block in server_walk.blocks() if block.section == "Restart without downtime"]
    asking = (
        f"(until [ -e /tmp/stop ]; do {ask}; sleep 0.1; done) & {block.text}\ntouch /tmp/stop; wait; cat /tmp/codes"
    )
    codes = server.box.run(asking).split()
    server.walk(before="Upgrade", but=block)
    assert len(codes) > 20
    assert set(codes) == {"200"}


def upgrade(server: Server) -> None:
    server.walk()
    assert server.box.run("readlink /opt/sluice/current").strip() == "releases/2"
    ready(server)
    assert server.box.run("systemctl list-units --failed --no-legend 'sluice-*'") == ""
    assert set(server.box.run("systemctl show --property NRestarts --value 'sluice-*.service'").split()) == {"0"}


CHECKS: tuple[Callable[[Server], None], ...] = (
    ready,
    analysed,
    no_secret_is_in_an_environment_or_the_journal,
    work_under_the_restrictions,
    nginx,
    bodies,
    events,
    logs_monitoring_backup_and_restore,
    restore_on_a_new_machine,
    restart_without_downtime,
    upgrade,
)


@pytest.mark.audit
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("check", CHECKS, ids=[check.__name__ for check in CHECKS])
def test_on_a_server(check: Callable[[Server], None], server: Server | None, not_run: Callable[[str], None]) -> None:
    if server is None:
        not_run(f"docs/server.md was not executed: this machine lacks {debian_box.lacking()}")
        return
    try:
        check(server)
    except subprocess.CalledProcessError as failed:
        pytest.fail(f"{failed.cmd}\n{failed.output}")
