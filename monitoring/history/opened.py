"""What a worker reads of an integration: its data stream, with a session in the client's account."""

from dataclasses import dataclass

from monitoring.records.allowed_fields import allowed_fields
from monitoring.schemas.source import SchemaSource, schema_source
from monitoring.watched_streams import watched_stream
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal.aws.policies.session_policies import SessionScope
from portal.aws.session import AwsSession
from portal.messages.message import Message


class NothingToRead(Exception):
    """The stream cannot be read; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class OpenedStream:
    """The stream of an integration, as it can be read. `allowed` are the fields that the vendor's staff see."""

    uid: str
    integration_id: int
    stream_name: str
    tenant_slug: str
    retention_hours: int
    connection: Connection
    region: str
    uses_fips: bool
    allowed: frozenset[str] = frozenset()

    def session(self) -> AwsSession:
        """Return a session that may read records, renewed when it expires; raises AwsFault."""
        purpose = f"records-{self.connection.uid}"
        return session_for(self.connection, self.region, purpose, SessionScope.RECORDS, fips=self.uses_fips)

    def schemas(self) -> SchemaSource:
        """Return from where schemas of its records may be read."""
        return schema_source(self.connection, self.integration_id, lambda: self.session().hurried())


def opened(integration_id: int) -> OpenedStream:
    """Return the stream of an integration; raises NothingToRead."""
    row = Integration.objects.filter(pk=integration_id).first()
    stream = watched_stream(row.uid) if row else None
    if stream is None:
        raise NothingToRead(Message("stream.missing"))
    if not stream.allow_sampling:
        raise NothingToRead(Message("stream.samples_disabled"))
    connection = Connection.objects.get(pk=stream.connection_id)
    return OpenedStream(
        stream.uid,
        integration_id,
        stream.stream_name,
        stream.tenant_slug,
        stream.retention_hours,
        connection,
        stream.region,
        stream.uses_fips,
        allowed_fields(connection.tenant_id),
    )
