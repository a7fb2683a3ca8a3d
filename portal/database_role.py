"""The two roles of PostgreSQL: the owner of the tables, which only migrations use, and the portal's own.

Row-level security does not bind a superuser or a role with BYPASSRLS, and an owner can switch it off. So the portal's
role owns nothing and is neither; a process with another role does not use the database at all.
https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.errors import DuplicateObject, UniqueViolation

PORTAL = "PORTAL_ROLE"  # in the settings of an owner's connection: the place of the portal's own
_PLACE = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
_WHAT_BINDS = """
    SELECT rolsuper OR rolbypassrls OR EXISTS (
        SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND relkind IN ('r', 'p')
        AND pg_has_role(current_user, relowner, 'MEMBER')
    ) FROM pg_roles WHERE rolname = current_user
"""
_CREATE = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}")
_ROWS, _NUMBERS = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"
_GRANTS = (
    sql.SQL("GRANT USAGE ON SCHEMA public TO {}"),
    sql.SQL(f"GRANT {_ROWS} ON ALL TABLES IN SCHEMA public TO {{}}"),
    sql.SQL(f"GRANT {_NUMBERS} ON ALL SEQUENCES IN SCHEMA public TO {{}}"),
    sql.SQL(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {_ROWS} ON TABLES TO {{}}"),
    sql.SQL(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {_NUMBERS} ON SEQUENCES TO {{}}"),
    sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}"),
)
_bound: set[tuple[str, ...]] = set()


class UnboundRole(OperationalError):
    """Row-level security does not bind the role of DATABASE_URL."""


class NoOwner(OperationalError):
    """There is no role for migrations."""


def check(connection: Any, place: dict[str, Any]) -> None:
    """Raise UnboundRole if row-level security does not bind the connection's role, as psycopg connected it.

    Asked once for each database and role in a process, except while migrations are at work.
    """
    key = tuple(str(place[name]) for name in ("NAME", "USER", "HOST", "PORT"))
    if key in _bound or PORTAL in place:
        return
    is_unbound = connection.execute(_WHAT_BINDS).fetchone()[0]
    connection.rollback()
    if is_unbound:
        connection.close()
        raise UnboundRole(
            f"the role {place['USER']} of DATABASE_URL is a superuser, bypasses row-level security, or owns tables. "
            "Use a role that owns nothing, and DATABASE_OWNER_URL for migrations: docs/running.md#two-database-roles"
        )
    _bound.add(key)


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Connect as the owner of the tables, to the same database; raises NoOwner without DATABASE_OWNER_URL."""
    owner, place = settings.DATABASE_OWNER, connection.settings_dict
    if PORTAL in place:
        yield
        return
    if owner is None:
        raise NoOwner("DATABASE_OWNER_URL is not set: docs/running.md#two-database-roles")
    before = {name: place[name] for name in _PLACE}
    connection.close()
    place.update({name: owner[name] for name in _PLACE}, **{PORTAL: before})
    try:
        yield
    finally:
        connection.close()
        place.update(before)
        del place[PORTAL]


def create(connection: BaseDatabaseWrapper) -> None:
    """Create the portal's role if there is none; an existing one and its password stay. To be called as the owner."""
    portal = connection.settings_dict[PORTAL]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [portal["USER"]])
        if cursor.fetchone():
            return
        name, password = sql.Identifier(portal["USER"]), sql.Literal(portal["PASSWORD"] or None)
        try:
            cursor.execute(_CREATE.format(name, password))
        except DatabaseError as error:
            # Another process may have just created it. Django's errors have psycopg's as their cause.
            if not isinstance(error.__cause__, DuplicateObject | UniqueViolation):
                raise


def grant(connection: BaseDatabaseWrapper) -> None:
    """Allow the portal's role to use every table of today and tomorrow, and to change none of them.

    To be called as the owner.
    """
    name = sql.Identifier(connection.settings_dict[PORTAL]["USER"])
    with connection.cursor() as cursor:
        for statement in _GRANTS:
            cursor.execute(statement.format(name))
