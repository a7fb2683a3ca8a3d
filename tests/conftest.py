"""What every test may ask for: PostgreSQL (through pytest-django), Redis, and an AWS emulator that enforces IAM."""

import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest
import redis as redis_client
from django.conf import settings
from django.db import connection

from portal import database_role
from portal.local import ministack as ministack_server
from portal.local.ministack import MiniStack
from portal.openpgp import certificates
from tests import audit_flush, database, embedded, network_guard, row_lock_guard, web_requests

embedded.prepare()
database.install()
audit_flush.install()
network_guard.install()
row_lock_guard.install()
web_requests.install()
certificates.QUEUE_SECONDS = 60  # of several suites on one machine, all checks of keys share its slots
settings.PASSWORD_HASHERS = ["tests.passwords.QuickHasher"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fail-on-skip", action="store_true", help="count every skipped test as failed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("--fail-on-skip"):
        _turn_into_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and collector.config.getoption("--fail-on-skip"):
        _turn_into_failure(report)
    return report


def _turn_into_failure(report: Any) -> None:
    why = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"{why}. With --fail-on-skip this is a failure: install what the test needs."


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """The owner creates the test database, migrates it and removes it."""
    with database_role.as_owner(connection):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Tests run as the portal does: with a role that owns nothing."""
    with database.as_portal(connection):
        yield


@pytest.fixture(scope="module")
def owner(django_db_setup: None) -> Iterator[None]:
    """The module's tests run as the owner of the tables: they create some, or do what only an owner can try."""
    with database_role.as_owner(connection):
        yield


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    """An AWS emulator of this run: `.endpoint_url`, `.ca_bundle`, `.root(account_id)`, `.environment`."""
    folder = tmp_path_factory.mktemp("ministack")
    server = ministack_server.start(folder, log=folder / "ministack.log")
    yield server
    server.stop()


@pytest.fixture
def ministack_env(ministack: MiniStack, monkeypatch: pytest.MonkeyPatch) -> MiniStack:
    """The emulator, with AWS's standard variables of this process leading to it; any root() needs this."""
    for name, value in ministack.environment.items():
        monkeypatch.setenv(name, value)
    return ministack


@pytest.fixture
def clean_redis() -> Iterator[str]:
    """REDIS_URL of a database that is empty before and after the test."""
    url = os.environ["REDIS_URL"]
    with redis_client.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()
