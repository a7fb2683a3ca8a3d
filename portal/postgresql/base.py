"""Django's PostgreSQL backend; each statement carries the scope of the code that sends it.

PostgreSQL runs the statements of one message as one transaction, so `SET LOCAL` holds for the statement behind it also
outside a transaction of ours, and costs no round trip:
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
"""

import re
from collections.abc import Iterable
from typing import Any, Self

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import ClientCursor, NotSupportedError
from psycopg.sql import Composable

from portal import database_role, database_scope

_SCOPE = re.compile(rf"\ASET LOCAL {database_scope.SETTING} = '[^']*'; ")


class ScopedCursor(ClientCursor[Any]):
    """A cursor whose statements begin with the scope."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """Send the scope and the statement as one message; the result is the statement's."""
        statement = query.as_string(self) if isinstance(query, Composable) else query
        scope = database_scope.prefix(statement)
        super().execute(scope + statement, params, **options)
        if scope:
            self.nextset()
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], *, returning: bool = False) -> None:
        """Send the statement once for each of the parameters, each time with the scope; results are not kept."""
        if returning:
            raise NotSupportedError("a statement that returns rows is executed once")
        for params in params_seq:
            self.execute(query, params)


class Operations(DatabaseOperations):
    """What Django asks of the backend."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return the statement without its scope, as logs and tests expect it."""
        return _SCOPE.sub("", super().last_executed_query(cursor, sql, params) or "")


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection to PostgreSQL: scoped, and refused for a role that row-level security does not bind."""

    ops_class = Operations

    def get_connection_params(self) -> dict[str, Any]:
        """Return libpq's parameters, with the cursor that sends the scope."""
        return {**super().get_connection_params(), "cursor_factory": ScopedCursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; raises UnboundRole, once in each process, if policies do not bind the role."""
        connection = super().get_new_connection(conn_params)
        try:
            database_role.check(connection, self.settings_dict)
        except database_role.UnboundRole:
            if self.pool:
                self.pool.putconn(connection)
            raise
        return connection
