"""Every table is isolated by row-level security, or a reason says why it holds no tenant's data."""

import itertools
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg.sql import SQL, Composed, Identifier

from portal import database_scope
from portal.isolation import WITHOUT_TENANT
from portal.tenancy.models import Membership, Tenant, TenantRole, User

pytestmark = pytest.mark.django_db

APPEND_ONLY = {"tenancy_auditevent", "tenancy_auditlink"}  # no row of any tenant is changed: test_audit_chain.py
NUMBERS = itertools.count(1_000_000)
BY_TYPE: dict[str, Any] = {
    "boolean": False,
    "bytea": b"",
    "interval": "1 day",
    "jsonb": "{}",
    "timestamp with time zone": "2026-01-01T00:00Z",
    "date": "2026-01-01",
}


def statement(text: str, **names: str | list[str]) -> Composed:
    """A statement with the names of a table and of its columns."""
    lists = {key: [name] if isinstance(name, str) else name for key, name in names.items()}
    quoted = {key: SQL(", ").join(map(Identifier, found)) for key, found in lists.items()}
    return SQL(text).format(**quoted)


def fetched(text: str, *values: object, **names: str | list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(text, **names), values)
        return cursor.fetchall()


def changed(text: str, *values: object, **names: str | list[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement(text, **names), values)
        return cursor.rowcount


def refused(text: str, *values: object, **names: str | list[str]) -> bool:
    try:
        with transaction.atomic():
            changed(text, *values, **names)
    except ProgrammingError as error:
        return "row-level security" in str(error)
    return False


def tables() -> dict[str, tuple[bool, bool]]:
    """Every table, and whether row-level security is enabled and forced."""
    rows = fetched(
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    return {table: (enabled, forced) for table, enabled, forced in rows}


def isolated() -> list[str]:
    return sorted(table for table in tables() if table not in WITHOUT_TENANT)


def parents_of(table: str) -> dict[str, str]:
    """The columns that refer to isolated tables, with those."""
    rows = fetched(
        "SELECT attname, confrelid::regclass::text FROM pg_constraint JOIN pg_attribute "
        "ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'f' AND conrelid = %s::regclass",
        table,
    )
    return {column: parent for column, parent in rows if parent not in WITHOUT_TENANT}


def required_columns(table: str) -> list[tuple[str, str, int]]:
    return fetched(
        "SELECT column_name, data_type, coalesce(character_maximum_length, 40) FROM information_schema.columns "
        "WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
        table,
    )


def key_of(table: str) -> str:
    found = "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] "
    return fetched(found + "WHERE indisprimary AND indrelid = %s::regclass", table)[0][0]


@dataclass
class Filler:
    """Fills every isolated table with one row of a tenant."""

    person: User
    rows: dict[str, int]

    def row(self, table: str) -> int:
        """The tenant's row in the table, made with those that it belongs to."""
        if table not in self.rows:
            values = self.values(table)
            insert = "INSERT INTO {table} ({columns}) SELECT " + ", ".join(["%s"] * len(values)) + " RETURNING {key}"
            names = {"table": table, "columns": list(values), "key": key_of(table)}
            self.rows[table] = fetched(insert, *values.values(), **names)[0][0]
        return self.rows[table]

    def values(self, table: str) -> dict[str, object]:
        """What a new row needs, with what it belongs to."""
        parents = {column: self.row(parent) for column, parent in parents_of(table).items()}
        return {column[0]: self._value(*column) for column in required_columns(table)} | parents

    def _value(self, name: str, kind: str, length: int) -> object:
        given = {
            "user_id": self.person.pk,
            "person_id": self.person.pk,
            "channel": "webhook",
            "state": "draft",
            "chain": self.rows["tenancy_tenant"],
            "event_id": next(NUMBERS),
        }
        if name in given:
            return given[name]
        return uuid.uuid4().hex[:length] if kind.startswith(("character", "text")) else BY_TYPE.get(kind, 1)


def filled(slug: str) -> Filler:
    tenant = Tenant.objects.create(slug=slug, name=slug)
    filler = Filler(User.objects.create_user(f"a@{slug}.example", "x"), {"tenancy_tenant": tenant.pk})
    for table in isolated():
        filler.row(table)
    return filler


def test_every_table_is_isolated_or_holds_no_tenants_data() -> None:
    found = tables()
    missing = [table for table in isolated() if found[table] != (True, True)]
    assert missing == [], f"{missing}: add isolation.by_tenant or by_row to the migration, or a line to WITHOUT_TENANT"
    assert set(WITHOUT_TENANT) <= set(found), "no longer a table"
    assert len(isolated()) >= 18


def test_every_policy_is_the_scopes() -> None:
    policies = fetched("SELECT tablename, policyname, cmd, permissive, roles::text FROM pg_policies")
    assert {table for table, name, *_ in policies if name == "of_scope"} == set(isolated())
    assert {row[1:] for row in policies} == {
        ("of_scope", "ALL", "PERMISSIVE", "{public}"),
        ("of_person", "SELECT", "PERMISSIVE", "{public}"),
        ("by_person", "UPDATE", "PERMISSIVE", "{public}"),
    }


def test_a_foreign_row_is_not_found_changed_or_deleted() -> None:
    ours, theirs = filled("northwind"), filled("contoso")
    for table in isolated():
        all_rows, foreign = "SELECT {key} FROM {table}", theirs.rows[table]
        at = {"table": table, "key": key_of(table)}
        with database_scope.of_tenant(ours.rows["tenancy_tenant"]):
            assert fetched(all_rows, **at) == [(ours.rows[table],)], table
            assert fetched("SELECT {key} FROM {table} WHERE {key} = %s", foreign, **at) == [], table
            if table not in APPEND_ONLY:
                assert changed("UPDATE {table} SET {key} = {key} WHERE {key} = %s", foreign, **at) == 0, table
                assert changed("DELETE FROM {table} WHERE {key} = %s", foreign, **at) == 0, table
        with database_scope.nothing():
            assert fetched(all_rows, **at) == [], table
        with database_scope.every_tenant("a test"):
            assert len(fetched(all_rows, **at)) == 2, table


def test_a_row_is_not_moved_to_another_tenant() -> None:
    ours, theirs = filled("northwind"), filled("contoso")
    for table in set(isolated()) - APPEND_ONLY:
        for column, parent in belonging(table).items():
            with database_scope.of_tenant(ours.rows["tenancy_tenant"]):
                move = "UPDATE {table} SET {column} = %s WHERE {key} = %s"
                values, names = (theirs.rows[parent], ours.rows[table]), {"column": column, "key": key_of(table)}
                assert refused(move, *values, table=table, **names), (table, column)


def test_a_row_is_not_added_to_another_tenant() -> None:
    ours = filled("northwind")
    for table in isolated():
        with database_scope.nothing():
            values = ours.values(table)
            insert = "INSERT INTO {table} ({columns}) SELECT " + ", ".join(["%s"] * len(values))
            assert refused(insert, *values.values(), table=table, columns=list(values)), table


def belonging(table: str) -> dict[str, str]:
    """The columns that say whose a row is: those that refer to isolated tables and are never empty."""
    required = {name for name, *_ in required_columns(table)}
    found = {column: parent for column, parent in parents_of(table).items() if column in required}
    return found or {"tenant_id": "tenancy_tenant"} if table != "tenancy_tenant" else {"id": table}


def test_a_person_sees_their_own_memberships_and_cannot_add_one() -> None:
    ours, theirs = filled("northwind"), filled("contoso")
    with database_scope.of_person(ours.person.pk):
        assert list(Tenant.objects.values_list("slug", flat=True)) == ["northwind"]
        assert Membership.objects.get().user == ours.person
        assert Membership.objects.update(role=TenantRole.ADMIN) == 0
        assert Membership.objects.all()._raw_delete("default") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Membership.objects.create(tenant_id=theirs.rows["tenancy_tenant"], user=ours.person, role=TenantRole.ADMIN)
