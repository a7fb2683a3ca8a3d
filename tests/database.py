"""What the test run adds to the portal's two roles and its scopes.

Tests prepare and inspect the rows of all tenants, so their own code is in the scope of every tenant, in every thread.
The portal's requests, tasks and processes begin without a scope all the same. Tables are emptied by the owner.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.operations import DatabaseOperations

from portal import database_role, database_scope
from portal.database_scope import EVERY_TENANT


def install() -> None:
    """Change both for the whole test run, and for the processes that are forked from it."""
    database_scope._entered = ContextVar("tests", default=EVERY_TENANT)
    DatabaseOperations.execute_sql_flush = _flushed_by_owner


@contextmanager
def as_portal(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Connect as the portal does, within a block that is the owner's."""
    place = connection.settings_dict
    owner = {**place}
    connection.close()
    place.update(place.pop(database_role.PORTAL))
    try:
        yield
    finally:
        connection.close()
        place.update(owner)


@contextmanager
def as_migrations(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Connect as `manage.py migrate` does."""
    with database_role.as_owner(connection), database_scope.every_tenant("migrations"):
        yield


def owner_connection(name: str) -> psycopg.Connection[Any]:
    """A connection of the owner to a database of the test run's server."""
    owner = settings.DATABASE_OWNER
    place = {"user": owner["USER"], "password": owner["PASSWORD"], "host": owner["HOST"], "port": owner["PORT"]}
    found = psycopg.connect(dbname=name, autocommit=True, **{key: value for key, value in place.items() if value})
    found.execute(f"SET {database_scope.SETTING} = '{EVERY_TENANT.setting}'")
    return found


def _flushed_by_owner(operations: DatabaseOperations, sql_list: Sequence[str]) -> None:
    name = str(operations.connection.settings_dict["NAME"])
    with owner_connection(name) as owner, owner.transaction():
        for statement in sql_list:
            owner.execute(statement)
