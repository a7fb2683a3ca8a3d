"""/readyz names every part that is missing, and keeps requests away only where no page works."""

from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client

from portal import heartbeats, live, readiness
from portal.lanes import LANES
from portal.messages.message import Message
from tests.database import owner_connection

pytestmark = pytest.mark.django_db

# Removes it for a moment, as the owner of the tables; the portal's role cannot.
LAST_MIGRATION = """
    DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'monitoring')
    RETURNING *
"""


@pytest.fixture(autouse=True)
def fresh(clean_redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_migrated", set())
    monkeypatch.setattr(heartbeats, "_sent_at", {})


def all_running(*, without: str = "") -> None:
    heartbeats.beat("beat")
    heartbeats.beat("tap")
    heartbeats.beat("worker", lanes=[lane for lane in LANES if lane != without])


def ask() -> tuple[int, dict[str, object]]:
    response = Client().get("/readyz")
    return response.status_code, response.json()


def test_everything_is_there() -> None:
    all_running()
    names = ("postgresql", "migrations", "static_files", "redis", "beat", "worker", "tap")
    processes = {"workers": {"alive": 1, "silent": 0}, "taps": {"alive": 1, "silent": 0}}
    assert ask() == (
        200,
        {"status": "ready", **dict.fromkeys(names, True), **processes, "lanes": dict.fromkeys(LANES, True)}
        | {"outbox": {"waiting": 0, "failed": 0, "oldest_seconds": None}, "problems": []},
    )


@pytest.mark.parametrize("kind", heartbeats.KINDS)
def test_a_process_that_is_missing_is_named(kind: heartbeats.Kind) -> None:
    all_running()
    heartbeats.sign_off(kind, lanes=LANES)
    status, found = ask()
    assert (status, found["status"], found[kind]) == (200, "degraded", False)
    assert [kind in str(problem) for problem in found["problems"]] == [True]


@pytest.mark.parametrize("lane", LANES)
def test_a_lane_without_a_worker_is_named(lane: str) -> None:
    all_running(without=lane)
    status, found = ask()
    assert (status, found["status"], found["worker"]) == (200, "degraded", True)
    assert found["lanes"] == {name: name != lane for name in LANES}
    assert [f"the lane “{lane}”" in str(problem) for problem in found["problems"]] == [True]


def test_a_lane_whose_worker_fell_silent_is_named() -> None:
    all_running(without="metrics")
    heartbeats.beat("worker", "another", lanes=["metrics"])
    assert ask()[1]["lanes"]["metrics"] is True
    for key in ("heartbeats:worker", "heartbeats:worker:metrics"):
        live.connect().zincrby(key, -40, "another")
    found = ask()[1]
    assert found["lanes"]["metrics"] is False
    assert "No worker serves the lane “metrics”. Metrics are not collected." in found["problems"]


def test_without_any_worker_its_lanes_are_not_listed_as_problems() -> None:
    heartbeats.beat("beat")
    heartbeats.beat("tap")
    found = ask()[1]
    assert found["lanes"] == dict.fromkeys(LANES, False)
    assert found["problems"] == ["No worker is running. Runs wait, and metrics are not collected."]


def test_a_worker_that_was_killed_is_missed_although_another_runs() -> None:
    all_running()
    heartbeats.beat("worker", "another")
    live.connect().zincrby("heartbeats:worker", -40, "another")
    status, found = ask()
    assert (status, found["status"], found["worker"]) == (200, "degraded", True)
    assert found["workers"] == {"alive": 1, "silent": 1}
    assert found["problems"] == ["1 of 2 workers stopped without signing off, the last 40 s ago."]


def test_a_database_without_all_migrations_is_not_ready() -> None:
    all_running()
    with owner_connection(connection.settings_dict["NAME"]) as owner:
        row = owner.execute(LAST_MIGRATION).fetchone()
        try:
            status, found = ask()
        finally:
            owner.execute("INSERT INTO django_migrations VALUES (%s, %s, %s, %s)", row)
    assert (status, found["status"], found["migrations"]) == (503, "unavailable", False)
    assert found["problems"] == ["The database lacks migrations. Run manage.py migrate."]


def test_without_the_list_of_static_files_it_is_not_ready(settings, tmp_path: Path) -> None:
    all_running()
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "portal.static_bundles.BundledStaticFiles"},
    }
    status, found = ask()
    assert (status, found["static_files"]) == (503, False)
    assert "Run manage.py collectstatic" in str(found["problems"])


def test_without_postgresql_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    all_running()

    def refuse() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    found = readiness.check()
    assert (found.may_serve, found.status, found.parts["postgresql"]) == (False, "unavailable", False)
    assert found.parts["migrations"] is None
    assert found.problems == [Message("readiness.postgresql")]


def test_without_redis_pages_work_and_the_rest_is_unknown(settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live.connect.cache_clear()
    try:
        status, found = ask()
    finally:
        live.connect.cache_clear()
    assert (status, found["status"], found["redis"]) == (200, "degraded", False)
    assert [found[kind] for kind in heartbeats.KINDS] == [None, None, None]
    assert found["lanes"] == dict.fromkeys(LANES, None)
    assert "unknown whether" in str(found["problems"][-1])


def test_no_host_name_is_published() -> None:
    heartbeats.beat("worker", "celery@secret-host")
    assert "secret-host" not in str(ask())
