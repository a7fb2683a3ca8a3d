"""What a reader was sent, without values: how many records, and which sequence numbers and times. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

MOST_SHARDS = 100
Range = tuple[str, str]


class Placed(Protocol):
    """A record as it is listed, with its place in the stream."""

    @property
    def shard_id(self) -> str:
        """Return the shard's ID."""

    @property
    def sequence_number(self) -> str:
        """Return the sequence number, in decimal digits."""

    @property
    def arrived_at(self) -> datetime:
        """Return when Kinesis received it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """So many records, the range of sequence numbers of each shard, and the time in which they arrived.

    At most 100 shards are named; `has_more_shards` says that there were others.
    """

    records: int
    shards: Mapping[str, Range]
    arrived_from: datetime
    arrived_until: datetime
    has_more_shards: bool = False

    def with_more(self, other: Seen) -> Seen:
        """Return both together."""
        shards = dict(self.shards)
        is_cut = self.has_more_shards or other.has_more_shards
        for shard, found in other.shards.items():
            if shard in shards:
                shards[shard] = _joined(shards[shard], found)
            elif len(shards) < MOST_SHARDS:
                shards[shard] = found
            else:
                is_cut = True
        return Seen(
            self.records + other.records,
            shards,
            min(self.arrived_from, other.arrived_from),
            max(self.arrived_until, other.arrived_until),
            is_cut,
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON, for a message through Redis."""
        return {
            "records": self.records,
            "shards": dict(self.shards),
            "arrived": [self.arrived_from.isoformat(), self.arrived_until.isoformat()],
            "has_more_shards": self.has_more_shards,
        }


def seen_in(rows: Collection[Placed]) -> Seen | None:
    """Return what someone saw who was sent the rows; None for no rows."""
    if not rows:
        return None
    shards: dict[str, Range] = {}
    for row in rows:
        found = (row.sequence_number, row.sequence_number)
        shards[row.shard_id] = _joined(shards[row.shard_id], found) if row.shard_id in shards else found
    named = dict(list(shards.items())[:MOST_SHARDS])
    times = [row.arrived_at for row in rows]
    return Seen(len(rows), named, min(times), max(times), len(shards) > MOST_SHARDS)


def note_of(rows: Collection[Placed], wanted: str = "") -> dict[str, Any] | None:
    """Return the note of an event that shows rows (`portal.live.publish`), which a filter found; None for no rows."""
    seen = seen_in(rows)
    return seen.as_json() | ({"filter": wanted} if wanted else {}) if seen else None


def seen_from_json(raw: Mapping[str, Any]) -> Seen:
    """Return what `as_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
    first, last = map(datetime.fromisoformat, raw["arrived"])
    shards = {str(shard): (str(low), str(high)) for shard, (low, high) in raw["shards"].items()}
    return Seen(int(raw["records"]), shards, first, last, bool(raw["has_more_shards"]))


def _joined(known: Range, found: Range) -> Range:
    return min(known[0], found[0], key=_place), max(known[1], found[1], key=_place)


def _place(sequence_number: str) -> tuple[int, str]:
    # They are numbers of up to 128 digits: of two without leading zeros the longer one is greater.
    return len(sequence_number), sequence_number
