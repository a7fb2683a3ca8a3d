"""What reading a shard returns, and who reads it: AWS in a worker, a list in tests. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitoring.history.position import Position
from portal.aws.records import DataRecord
from portal.aws.shards import Shard


@dataclass(frozen=True, slots=True)
class Batch:
    """The next records of a shard: none is no end while there are newer ones (GetRecords).

    `read_up_to`: what arrived before was read. `is_newest`: there is nothing newer now. `is_end`: nor will there be,
    because the shard is closed.
    """

    records: tuple[DataRecord, ...]
    read_up_to: datetime
    is_newest: bool = False
    is_end: bool = False


class Stopped(Exception):
    """Reading stopped before the page was complete; what was found so far is exact."""


class OpenShard(Protocol):
    """A shard that is read forward from a place."""

    def read(self, limit: int) -> Batch:
        """Return the next batch; raises Stopped and AwsFault."""


class Source(Protocol):
    """A stream whose shards can be read."""

    def open(self, shard_id: str, position: Position) -> OpenShard:
        """Return the shard to be read from a place that is not the end; the first call to AWS is its first read."""


def parents_of(shard: Shard) -> tuple[str, ...]:
    """Return the IDs of the shards that it came from."""
    return tuple(filter(None, (shard.parent_shard_id, shard.adjacent_parent_shard_id)))
