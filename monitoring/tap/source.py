"""Where the tap reads a stream from: the data stream and a session in its account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from monitoring.field_catalogue.stored import kind_field
from monitoring.records.allowed_fields import allowed_fields
from monitoring.schemas.source import SchemaSource, schema_source
from monitoring.watched_streams import WatchedStream, watched_stream
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal import database_scope
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope
from portal.aws.session import AwsSession
from portal.aws.shards import list_shards
from portal.messages.message import Message


class NothingToRead(Exception):
    """There is no data stream to read, or no longer; `message` says so."""

    message = Message("stream.missing")


class SamplingDisabled(NothingToRead):
    """The connection does not allow reading samples of records."""

    message = Message("stream.samples_disabled")


@dataclass(frozen=True, slots=True)
class ListedShard:
    """A shard as the tap needs it: its ID, its parents, whether it accepts records, its first and last hash key."""

    shard_id: str
    parents: tuple[str, ...]
    is_open: bool
    hash_keys: tuple[int, int] | None = None


@dataclass(slots=True)
class Source:
    """A data stream and the session in its account, which `session` renews when it expires.

    `owner` is its tenant: the decoders are shared between tenants. `schemas` is from where those of its records may be
    read. `allowed` are the fields that the vendor's staff see, `kind_field` the path of the one whose value names the
    device kind, where an admin chose one. Without `integration_id`, no field is noted.
    """

    stream_name: str
    session: Callable[[], AwsSession]
    owner: str = ""
    is_on_demand: bool = False
    schemas: SchemaSource | None = None
    allowed: frozenset[str] = frozenset()
    integration_id: int | None = None
    kind_field: tuple[str, ...] = ()

    def shards(self, since: datetime | None = None) -> list[ListedShard]:
        """Return every shard, or those that are open or were at a moment or later; raises AwsFault."""
        return [
            ListedShard(
                shard.shard_id,
                tuple(filter(None, (shard.parent_shard_id, shard.adjacent_parent_shard_id))),
                shard.is_open,
                (shard.starting_hash_key, shard.ending_hash_key),
            )
            for shard in list_shards(self.session(), self.stream_name, since=since)
        ]


def open_source(uid: str) -> Source:
    """Return the source of an integration's stream; raises NothingToRead. Leaves no database connection open."""
    try:
        with database_scope.of_row(Integration.objects.filter(uid=uid)):
            stream = watched_stream(uid)
            if stream is None:
                raise NothingToRead(uid)
            if not stream.allow_sampling:
                raise SamplingDisabled(uid)
            connection = Connection.objects.get(pk=stream.connection_id)
            schemas = schema_source(connection, stream.integration_id, lambda: _session(connection, stream))
            allowed = allowed_fields(connection.tenant_id)
            by_field = kind_field(stream.integration_id)
    finally:
        connections.close_all()
    return Source(
        stream.stream_name,
        schemas.session,
        owner=stream.tenant_slug,
        is_on_demand=stream.is_on_demand,
        schemas=schemas,
        allowed=allowed,
        integration_id=stream.integration_id,
        kind_field=by_field,
    )


def _session(connection: Connection, stream: WatchedStream) -> AwsSession:
    """Return a session of the stream's account. A denial of the role is recorded, and leaves no connection open."""
    try:
        with database_scope.of_tenant(connection.tenant_id):
            session = session_for(
                connection, stream.region, f"records-{connection.uid}", SessionScope.RECORDS, fips=stream.uses_fips
            )
    finally:
        connections.close_all()

    def report(fault: AwsFault) -> None:
        try:
            with database_scope.of_tenant(connection.tenant_id):
                session.report(fault)
        finally:
            connections.close_all()

    # Each read is tried once: a repeated one would be a call beyond the budget, and the next is due soon anyway.
    return session.hurried().reporting_faults(report)
