"""Where the tap reads a stream from: the data stream and a session in its account."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections

from monitoring.watched_streams import watched_stream
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from portal.aws.kinesis import list_shards
from portal.aws.session import AwsSession
from portal.messages.message import Message


class NothingToRead(Exception):
    """There is no data stream to read, or no longer; `message` says so."""

    message = Message("stream.missing")


class SamplingDisabled(NothingToRead):
    """The connection does not allow reading samples of records."""

    message = Message("stream.samples_disabled")


@dataclass(frozen=True, slots=True)
class ListedShard:
    """A shard as the tap needs it: its ID, the shards it came from, and whether it still accepts records."""

    shard_id: str
    parents: tuple[str, ...]
    is_open: bool


@dataclass(slots=True)
class Source:
    """A data stream and the session in its account, which `session` renews when it expires."""

    stream_name: str
    session: Callable[[], AwsSession]

    def shards(self) -> list[ListedShard]:
        """Return every shard; raises AwsFault."""
        return [
            ListedShard(
                shard.shard_id,
                tuple(filter(None, (shard.parent_shard_id, shard.adjacent_parent_shard_id))),
                shard.is_open,
            )
            for shard in list_shards(self.session(), self.stream_name)
        ]


def open_source(uid: str) -> Source:
    """Return the source of an integration's stream; raises NothingToRead. Leaves no database connection open."""
    try:
        stream = watched_stream(uid)
        if stream is None:
            raise NothingToRead(uid)
        if not stream.allow_sampling:
            raise SamplingDisabled(uid)
        connection = Connection.objects.get(pk=stream.connection_id)
    finally:
        connections.close_all()
    return Source(stream.stream_name, lambda: session_for(connection, stream.region, "records", fips=stream.uses_fips))
