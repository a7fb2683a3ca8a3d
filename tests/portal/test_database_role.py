"""The portal's role owns nothing, cannot switch row-level security off, and any other role is refused."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, ProgrammingError, connection, connections, transaction

from portal import database_role
from portal.database_role import NoOwner, UnboundRole
from tests.database import as_migrations, owner_connection

pytestmark = pytest.mark.django_db


def one_value(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_tests_run_with_a_role_that_row_level_security_binds() -> None:
    found = one_value(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication "
        "FROM pg_roles WHERE rolname = current_user"
    )
    assert found is False
    assert one_value("SELECT count(*) FROM pg_class WHERE pg_has_role(current_user, relowner, 'MEMBER')") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE onboarding_run DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE onboarding_run NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY of_scope ON onboarding_run",
        "CREATE POLICY mine ON onboarding_run USING (true)",
        "SET ROLE sluice",
        "ALTER ROLE sluice_portal BYPASSRLS",
        "TRUNCATE onboarding_run CASCADE",
        "DELETE FROM django_migrations",
    ],
)
def test_the_role_cannot_free_itself(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_row_security_off_is_an_error_and_shows_nothing() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("SELECT count(*) FROM onboarding_run")


def test_a_process_with_the_owners_role_is_refused(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_role, "_bound", set())
    other = connection.copy()
    other.settings_dict = {**connection.settings_dict, "USER": settings.DATABASE_OWNER["USER"]}
    with pytest.raises(UnboundRole, match="DATABASE_OWNER_URL") as refused:
        other.ensure_connection()
    assert isinstance(refused.value, OperationalError)


def test_the_portals_role_is_checked_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_role, "_bound", set())
    other = connection.copy()
    other.ensure_connection()
    assert len(database_role._bound) == 1
    other.close()


def test_without_an_owner_nothing_is_migrated(settings) -> None:
    settings.DATABASE_OWNER = None
    with pytest.raises(NoOwner, match="DATABASE_OWNER_URL"), database_role.as_owner(connection):
        raise AssertionError("entered")


@pytest.mark.django_db(transaction=True)
def test_the_role_exists_and_may_use_tables_of_later_migrations() -> None:
    with as_migrations(connection), connection.cursor() as cursor:
        database_role.create(connection)
        database_role.grant(connection)
        cursor.execute("CREATE TABLE later (id bigint)")
    try:
        assert one_value("SELECT count(*) FROM later") == 0
    finally:
        with as_migrations(connection), connection.cursor() as cursor:
            cursor.execute("DROP TABLE later")
    assert connections["default"].settings_dict["USER"] == "sluice_portal"


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_create_the_role_at_once_both_go_on() -> None:
    name, is_created = str(connection.settings_dict["NAME"]), threading.Event()

    def other_process() -> None:
        with owner_connection(name) as looking, owner_connection(name) as other, other.transaction():
            other.execute("CREATE ROLE sluice_race")
            is_created.set()  # the test sees no role, and waits for this transaction
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%sluice_race%'"
            for _ in range(600):
                if looking.execute(waiting).fetchone():
                    return
                time.sleep(0.05)
            raise AssertionError("no one waited")

    with as_migrations(connection), ThreadPoolExecutor(1) as pool:
        portal = connection.settings_dict[database_role.PORTAL]
        connection.settings_dict[database_role.PORTAL] = {**portal, "USER": "sluice_race"}
        try:
            other = pool.submit(other_process)
            assert is_created.wait(30)
            database_role.create(connection)
            other.result(timeout=30)
            assert one_value("SELECT count(*) FROM pg_roles WHERE rolname = 'sluice_race'") == 1
        finally:
            connection.settings_dict[database_role.PORTAL] = portal
            with connection.cursor() as cursor:
                cursor.execute("DROP ROLE IF EXISTS sluice_race")
