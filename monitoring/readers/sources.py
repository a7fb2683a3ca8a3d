"""The lists of readers that may be read of a stream, and why others may not: no denied call is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.readers.reader import ReaderKind
from onboarding.connections.grant import allows
from onboarding.models.connection import Connection
from portal.aws.policies.readers import LIST_CONSUMERS, LIST_MAPPINGS, SCAN_LEASES
from portal.messages.message import Message

MOST_TABLES = 5


@dataclass(frozen=True, slots=True)
class Source:
    """A list of readers: of a kind, of applications the one in a lease table; `problem` says why it is not read."""

    kind: ReaderKind
    table: str = ""
    problem: Message | None = None

    @property
    def name(self) -> str:
        """Return what it is called where problems are kept."""
        return f"table:{self.table}" if self.table else str(self.kind)


def sources_of(connection: Connection, stream_arn: str, tables: Sequence[str]) -> list[Source]:
    """Return the lists of a stream's readers; nothing of the permission's is called unless the client chose it."""
    if not connection.allow_readers:
        return []
    found = [
        Source(ReaderKind.CONSUMER, problem=_outdated(connection, LIST_CONSUMERS, stream_arn)),
        Source(ReaderKind.FUNCTION, problem=_outdated(connection, LIST_MAPPINGS, "*")),
    ]
    return found + [_of_table(connection, stream_arn, table) for table in tables[:MOST_TABLES]]


def table_arn(stream_arn: str, table: str) -> str:
    """Return the ARN of a table in the account and Region of a stream."""
    head = stream_arn.partition(":stream/")[0].replace(":kinesis:", ":dynamodb:", 1)
    return f"{head}:table/{table}"


def _of_table(connection: Connection, stream_arn: str, table: str) -> Source:
    arn = table_arn(stream_arn, table)
    if arn not in connection.other_resources:
        return Source(ReaderKind.APPLICATION, table, Message("readers.table_not_listed", table=table, arn=arn))
    return Source(ReaderKind.APPLICATION, table, _outdated(connection, SCAN_LEASES, arn))


def _outdated(connection: Connection, action: str, resource: str) -> Message | None:
    return None if allows(connection, action, resource) else Message("readers.role_outdated", action=action)
