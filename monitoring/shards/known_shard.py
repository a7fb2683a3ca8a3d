"""A shard as it is kept, and how a new list of AWS changes what is known. Pure.

AWS says that a shard is closed, and not when that happened. So the time lies between the last list in which it was open
and the first in which it was closed. A closed shard is listed, and can be read, until its records have expired.
https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from portal.aws.shards import Shard

HASH_KEYS = 2**128


@dataclass(frozen=True, slots=True)
class KnownShard:
    """A shard: its hash keys (first and last), its parents, and its share (0 to 1) of the write limit used lately.

    Of a closed shard, `closed_before` is when it was first seen closed, and `open_at` when it was last seen open; None
    if it never was. `usage` is None where no metrics of the shard were read.
    """

    shard_id: str
    first: int
    last: int
    parents: tuple[str, ...] = ()
    open_at: datetime | None = None
    closed_before: datetime | None = None
    usage: float | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the shard takes records."""
        return self.closed_before is None

    @property
    def first_share(self) -> float:
        """Return the place (0 to 1) at which its hash keys begin."""
        return self.first / HASH_KEYS

    @property
    def width(self) -> float:
        """Return its share of all hash keys."""
        return (self.last + 1 - self.first) / HASH_KEYS

    def readable_until(self, retention: timedelta) -> datetime | None:
        """Return until when its records can be read at the latest; None while it is open."""
        return self.closed_before + retention if self.closed_before else None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data; hash keys are too large for numbers of JSON."""
        return {
            "id": self.shard_id,
            "keys": [str(self.first), str(self.last)],
            "parents": list(self.parents),
            "open_at": self.open_at.isoformat() if self.open_at else None,
            "closed_before": self.closed_before.isoformat() if self.closed_before else None,
            "usage": self.usage,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> KnownShard:
        """Return the shard that `as_json` wrote."""
        opened, closed = kept["open_at"], kept["closed_before"]
        return cls(
            shard_id=kept["id"],
            first=int(kept["keys"][0]),
            last=int(kept["keys"][1]),
            parents=tuple(kept["parents"]),
            open_at=datetime.fromisoformat(opened) if opened else None,
            closed_before=datetime.fromisoformat(closed) if closed else None,
            usage=kept["usage"],
        )


def merged(
    known: Iterable[KnownShard], listed: Iterable[Shard], usage: Mapping[str, float], *, now: datetime
) -> list[KnownShard]:
    """Return what is known after AWS listed these shards at `now`: those that it lists no more have expired."""
    before = {shard.shard_id: shard for shard in known}
    return [_seen(shard, before.get(shard.shard_id), usage.get(shard.shard_id), now) for shard in listed]


def _seen(shard: Shard, before: KnownShard | None, usage: float | None, now: datetime) -> KnownShard:
    parents = tuple(filter(None, (shard.parent_shard_id, shard.adjacent_parent_shard_id)))
    found = KnownShard(shard.shard_id, shard.starting_hash_key, shard.ending_hash_key, parents)
    if shard.is_open:
        return replace(found, open_at=now, usage=usage)
    if before is None:
        return replace(found, closed_before=now)
    return replace(found, open_at=before.open_at, closed_before=before.closed_before or now)
