"""Statements carry the scope and answer as they do without it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import database_scope
from portal.tenancy.models import Tenant

pytestmark = pytest.mark.django_db


def test_the_result_is_the_statements_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, '100%%'", ["a'b"])
        assert cursor.fetchall() == [("a'b", "100%")]
        cursor.execute("UPDATE tenancy_tenant SET name = name")
        assert cursor.rowcount == 0


@pytest.mark.django_db(transaction=True)
def test_each_of_many_statements_is_scoped_outside_a_transaction_too() -> None:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    rename = "UPDATE tenancy_tenant SET name = %s WHERE slug = %s"
    with connection.cursor() as cursor:
        with database_scope.of_tenant(tenant.pk):
            cursor.executemany(rename, [("a", "northwind"), ("b", "northwind")])
        with database_scope.nothing():
            cursor.executemany(rename, [("c", "northwind")])
    assert Tenant.objects.get().name == "b"


def test_the_scope_is_no_statement_of_its_own() -> None:
    with CaptureQueriesContext(connection) as queries, database_scope.nothing():
        assert not Tenant.objects.exists()
    assert len(queries) == 1
    assert "sluice.scope" not in queries[0]["sql"]


def test_without_cursors_of_the_server_a_long_list_is_scoped_too() -> None:
    Tenant.objects.create(slug="northwind", name="Northwind")
    assert len(list(Tenant.objects.iterator())) == 1
    with database_scope.nothing():
        assert list(Tenant.objects.iterator()) == []
