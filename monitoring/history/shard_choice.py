"""Which shards of a stream a page is read from. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from monitoring.history.position import Cut, Kind, Position
from monitoring.history.query import HistoryQuery
from monitoring.shards.known_shard import KnownShard
from portal.aws.shards import Shard
from portal.messages.message import Message

# Each is read by itself, and each has a place in the address of the next page.
MOST_SHARDS = 64
_CLOCK_SKEW = timedelta(minutes=5)


class ShardsRejected(Exception):
    """The page cannot be read from these shards; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


def readable(listed: Sequence[Shard], query: HistoryQuery) -> list[Shard]:
    """Return the shards of AWS's list that the query reads; raises ShardsRejected."""
    if query.shard_id:
        found = [shard for shard in listed if shard.shard_id == query.shard_id]
        if not found:
            raise ShardsRejected(Message("history.no_such_shard", shard=query.shard_id))
        return found
    places = query.cut.positions
    found = [shard for shard in listed if (place := places.get(shard.shard_id)) is None or place.kind is not Kind.PAST]
    if len(found) > MOST_SHARDS:
        raise ShardsRejected(Message("history.too_many_shards", shard_count=len(found), most=MOST_SHARDS))
    return list(listed)


def without_older(cut: Cut, known: Iterable[KnownShard]) -> Cut:
    """Return a cut at a time with the shards that were closed long before it, so that they are not read."""
    moment = cut.origin.near
    if cut.positions or cut.origin.kind is not Kind.TIME or moment is None:
        return cut
    older = [shard.shard_id for shard in known if shard.closed_before and shard.closed_before < moment - _CLOCK_SKEW]
    return replace(cut, positions={shard_id: Position(Kind.PAST, near=moment) for shard_id in older})
