"""The scope travels with each statement, ends with its block, and is nothing by default."""

import threading

import pytest
from django.db import connection, transaction
from psycopg import ClientCursor

from portal import database_scope
from portal.database_scope import NOTHING, Scope
from portal.tenancy.models import Tenant


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('sluice.scope', true)")
        return cursor.fetchone()[0] or ""


def left_on_connection() -> str:
    """What a statement of another client would find, which carries no scope of ours."""
    return ClientCursor(connection.connection).execute("SELECT current_setting('sluice.scope', true)").fetchone()[0]


def test_without_a_block_the_scope_is_nothing() -> None:
    with database_scope.nothing():
        assert database_scope.current() == NOTHING
        assert database_scope.prefix("SELECT 1") == "SET LOCAL sluice.scope = '/'; "


def test_blocks_replace_each_other_and_end() -> None:
    with database_scope.every_tenant("a test"), database_scope.of_tenant(7, person_id=3):
        assert database_scope.current().setting == "7/3"
        with database_scope.of_person(3):
            assert database_scope.current() == Scope(person=3)
        with database_scope.of_tenants((1, 2)):
            assert database_scope.current().setting == "1,2/"
        with pytest.raises(ZeroDivisionError), database_scope.of_tenants((1, 2)):
            _ = 1 / 0
        assert database_scope.current().setting == "7/3"


def test_every_tenant_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="why"), database_scope.every_tenant(""):
        raise AssertionError("entered")


def test_only_keys_enter_the_setting() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        assert Scope(("1'; DROP TABLE x; --",)).setting


@pytest.mark.parametrize("statement", ["SELECT 1", "  (SELECT 1)", "INSERT INTO x", "with a as (select 1) select 1"])
def test_what_policies_apply_to_carries_the_scope(statement: str) -> None:
    assert database_scope.prefix(statement)


@pytest.mark.parametrize("statement", ["SAVEPOINT a", "BEGIN", "CREATE INDEX CONCURRENTLY i ON t (c)", "VACUUM"])
def test_other_statements_are_sent_unchanged(statement: str) -> None:
    assert database_scope.prefix(statement) == ""


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_scope_remains_on_the_connection() -> None:
    """A pooler in transaction mode gives the connection to another client after each transaction."""
    with database_scope.of_tenant(7), transaction.atomic():
        assert setting() == "7/"
    assert left_on_connection() == ""
    with database_scope.of_tenant(8):
        assert setting() == "8/"
    assert left_on_connection() == ""


@pytest.mark.django_db
def test_a_scope_within_a_savepoint_that_is_rolled_back_is_not_needed_later() -> None:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    with database_scope.of_tenant(tenant.pk):
        before = transaction.savepoint()
        assert Tenant.objects.get() == tenant
        transaction.savepoint_rollback(before)
        assert Tenant.objects.get() == tenant
    with database_scope.nothing():
        assert not Tenant.objects.exists()


@pytest.mark.django_db
def test_of_row_enters_the_scope_of_its_tenant_alone() -> None:
    tenant, other = (Tenant.objects.create(slug=slug, name=slug) for slug in ("northwind", "contoso"))
    with database_scope.of_row(Tenant.objects.filter(slug="northwind"), "pk"):
        assert list(Tenant.objects.all()) == [tenant]
    with database_scope.of_row(Tenant.objects.filter(slug="nobody"), "pk"):
        assert database_scope.current() == NOTHING
    assert other.pk


def test_a_thread_begins_without_a_scope_unless_it_is_carried() -> None:
    found: list[Scope] = []

    def note() -> None:
        found.append(database_scope.current())

    with database_scope.of_tenant(7):
        for target in (note, database_scope.carried(note)):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join(10)
    assert found == [NOTHING, Scope((7,))]
