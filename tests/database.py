"""What the test run adds to the portal's two roles and its scopes.

Tests prepare and inspect the rows of all tenants, so their own thread is in the scope of every tenant. Everything that
the portal begins without a scope begins without one here too: requests, tasks, commands, new threads, and the functions
that only threads run (`THREADS_RUN`), even where a test calls them directly. Tables are emptied by the owner.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any

import psycopg
from django.conf import settings
from django.core import management
from django.core.management.base import BaseCommand
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.operations import DatabaseOperations

from portal import database_role, database_scope
from portal.database_scope import EVERY_TENANT

# What the portal runs in threads, which begin without a scope: from the module to its functions.
THREADS_RUN = {
    "monitoring.tap.source": ("open_source", "Source.shards"),
    "portal.event_access": ("viewer_of", "still_allowed"),
}


def install() -> None:
    """Change both for the whole test run, and for the processes that are forked from it.

    To be called in the main thread, before a test module imports `call_command` or what threads run.
    """
    database_scope._entered.set(EVERY_TENANT)
    DatabaseOperations.execute_sql_flush = _flushed_by_owner
    _begin_without_scope(management, "call_command")
    _begin_without_scope(BaseCommand, "run_from_argv")
    for module, names in THREADS_RUN.items():
        for name in names:
            _begin_without_scope(import_module(module), name)


def _begin_without_scope(owner: Any, path: str) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original: Callable[..., Any] = getattr(owner, name)

    @wraps(original)
    def begun(*args: Any, **kwargs: Any) -> Any:
        with database_scope.nothing():
            return original(*args, **kwargs)

    setattr(owner, name, begun)


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
