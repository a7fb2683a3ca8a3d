"""A worker's connections come from a pool: reused, without the scope of who had them before, and alive."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery.signals import worker_init
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError

from portal import database_role, database_scope
from portal.celery import app
from portal.postgresql import pool

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pooled() -> Iterator[BaseDatabaseWrapper]:
    """A connection as a worker's thread has it; the pool is of this test alone."""
    other = connection.copy(alias="pooled")
    options = {**connection.settings_dict["OPTIONS"], "pool": pool.options()}
    other.settings_dict = {**connection.settings_dict, "OPTIONS": options, "CONN_HEALTH_CHECKS": True}
    yield other
    other.close()
    other.close_pool()


def backend_of(other: BaseDatabaseWrapper) -> int:
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found: int = cursor.fetchone()[0]
    return found


def test_a_closed_connection_is_used_again(pooled: BaseDatabaseWrapper) -> None:
    first = backend_of(pooled)
    pooled.close()
    assert backend_of(pooled) == first


def test_nothing_of_a_scope_remains_on_it(pooled: BaseDatabaseWrapper) -> None:
    with database_scope.of_tenant(7), pooled.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('{database_scope.SETTING}')")
        assert cursor.fetchone() == ("7/",)
    pooled.close()
    with pooled.cursor() as cursor:
        cursor.execute(f"SHOW {database_scope.SETTING}")  # sent without a scope of its own
        assert cursor.fetchone() == ("",)


def test_one_that_postgresql_has_ended_is_replaced_before_it_is_used(pooled: BaseDatabaseWrapper) -> None:
    ended = backend_of(pooled)
    pooled.close()
    with database_role.as_owner(connection), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [ended])
    assert backend_of(pooled) != ended


def test_one_that_ended_in_use_is_not_used_again(pooled: BaseDatabaseWrapper) -> None:
    ended = backend_of(pooled)
    with database_role.as_owner(connection), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [ended])
    with pytest.raises(OperationalError):
        backend_of(pooled)
    pooled.close()
    assert backend_of(pooled) != ended


def test_a_role_that_policies_do_not_bind_is_refused_each_time(
    pooled: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_role, "_bound", set())
    pooled.settings_dict = {**pooled.settings_dict, "USER": settings.DATABASE_OWNER["USER"]}
    for _ in range(pool.CONNECTIONS + 1):  # none is lost, or the last would wait for a free one
        with pytest.raises(database_role.UnboundRole):
            pooled.ensure_connection()


def test_threads_that_find_none_free_wait_for_one(pooled: BaseDatabaseWrapper) -> None:
    pooled.ensure_connection()  # opens the pool that the copies share

    def ask(_: int) -> int:
        own = pooled.copy(alias="pooled")
        try:
            return backend_of(own)
        finally:
            own.close()

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(64)))) <= 8


def test_a_worker_has_one_and_other_processes_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pool" not in connections["default"].settings_dict["OPTIONS"]
    place = {**settings.DATABASES["default"], "OPTIONS": {"connect_timeout": 5}}
    monkeypatch.setitem(settings.DATABASES, "default", place)
    worker_init.send(sender=app)
    assert place["OPTIONS"] == {"connect_timeout": 5, "pool": pool.options()}
    assert place["CONN_HEALTH_CHECKS"] is True
