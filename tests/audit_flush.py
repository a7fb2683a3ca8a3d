"""Tables are emptied between tests, which the append-only audit trail refuses: here alone its triggers are off.

`session_replication_role` is a superuser's setting; what the product connects as has no such right.
https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
"""

from django.db.backends.postgresql.operations import DatabaseOperations

_WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"


def install() -> None:
    """Make `flush` empty the audit trail too."""
    original = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        original(self, [_WITHOUT_TRIGGERS, *sql_list])

    DatabaseOperations.execute_sql_flush = execute_sql_flush
